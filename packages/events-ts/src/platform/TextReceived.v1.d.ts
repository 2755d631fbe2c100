// platform.TextReceived.v1, generated from version 1.0.0 of its schema: not for editing.

/**
 * Somebody has sent a text to a service's number; who, and what it says, stays in the store.
 */
export interface TextReceived {
  service_id: string;
  text_id: string;
}
