// platform.KeyCreated.v1, generated from version 1.0.0 of its schema: not for editing.

/**
 * A service has a new key. The secret is shown once, to whoever made it, and is not here.
 */
export interface KeyCreated {
  service_id: string;
  key_id: string;
  name: string;
  type: "live" | "team" | "test";
  scopes: string[];
}
