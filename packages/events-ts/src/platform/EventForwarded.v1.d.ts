// platform.EventForwarded.v1, generated from version 1.0.0 of its schema: not for editing.

/**
 * A webhook or queue has taken an event.
 */
export interface EventForwarded {
  target: "webhook" | "queue";
  name: string;
  event_id: string;
}
