// platform.TemplateArchived.v1, generated from version 1.0.0 of its schema: not for editing.

/**
 * A template is archived, as `version` of it; nothing more is sent from it.
 */
export interface TemplateArchived {
  service_id: string;
  template_id: string;
  version: number;
}
