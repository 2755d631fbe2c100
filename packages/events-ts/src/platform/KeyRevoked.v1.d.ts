// platform.KeyRevoked.v1, generated from version 1.0.0 of its schema: not for editing.

/**
 * A key opens nothing any more.
 */
export interface KeyRevoked {
  service_id: string;
  key_id: string;
}
