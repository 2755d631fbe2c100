// platform.ServiceCreated.v1, generated from version 1.0.0 of its schema: not for editing.

/**
 * A department has a new service.
 */
export interface ServiceCreated {
  service_id: string;
  name: string;
}
