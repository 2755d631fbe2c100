// platform.CallbackFailed.v1, generated from version 1.0.0 of its schema: not for editing.

/**
 * A service's callback did not take what it was told, and is not tried again by itself.
 */
export interface CallbackFailed {
  service_id: string;
  callback: string;
  delivery_id: string;
  kind: "delivery" | "inbound" | "complaint" | "returned-letter";
  reason: string;
}
