// platform.NotificationAccepted.v1, generated from version 1.0.0 of its schema: not for editing.

/**
 * A notification is stored and waits for its provider.
 */
export interface NotificationAccepted {
  service_id: string;
  notification_id: string;
  channel: "email" | "sms" | "letter";
}
