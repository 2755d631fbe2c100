// platform.LetterUploaded.v1, generated from version 1.0.0 of its schema: not for editing.

/**
 * A precompiled letter waits to be checked.
 */
export interface LetterUploaded {
  service_id: string;
  notification_id: string;
}
