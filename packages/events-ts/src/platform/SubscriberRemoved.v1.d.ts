// platform.SubscriberRemoved.v1, generated from version 1.0.0 of its schema: not for editing.

/**
 * Somebody asked not to be told any more.
 */
export interface SubscriberRemoved {
  service_id: string;
  list: string;
  subscriber_id: string;
}
