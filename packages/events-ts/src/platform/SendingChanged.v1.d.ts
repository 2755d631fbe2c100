// platform.SendingChanged.v1, generated from version 1.0.0 of its schema: not for editing.

/**
 * What a service sends with has changed.
 */
export interface SendingChanged {
  service_id: string;
}
