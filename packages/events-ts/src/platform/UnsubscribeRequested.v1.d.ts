// platform.UnsubscribeRequested.v1, generated from version 1.0.0 of its schema: not for editing.

/**
 * Whoever got an email wants no more like it.
 */
export interface UnsubscribeRequested {
  service_id: string;
  notification_id: string;
}
