// platform.DepartmentRemoved.v1, generated from version 1.0.0 of its schema: not for editing.

/**
 * A department is no more: its keys are revoked, or its file is gone. What law keeps of it is kept.
 */
export interface DepartmentRemoved {
  slug: string;
  keys_revoked: number;
}
