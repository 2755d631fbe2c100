// platform.DepartmentSuspended.v1, generated from version 1.0.0 of its schema: not for editing.

/**
 * No key of a department opens anything, and nothing that it says is acted on, until it is restored.
 */
export interface DepartmentSuspended {
  slug: string;
}
