// platform.SubscriberAdded.v1, generated from version 1.0.0 of its schema: not for editing.

/**
 * Somebody asked to be told; who they are stays in the store.
 */
export interface SubscriberAdded {
  service_id: string;
  list: string;
  subscriber_id: string;
  channel: "email" | "sms" | "letter";
}
