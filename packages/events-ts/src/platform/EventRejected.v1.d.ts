// platform.EventRejected.v1, generated from version 1.0.0 of its schema: not for editing.

/**
 * A consumer could not understand an event; it is kept in quarantine under `event_id`.
 */
export interface EventRejected {
  event_id: string;
  rejected_type: string;
  rejected_source: string;
  consumer: string;
  reason: string;
}
