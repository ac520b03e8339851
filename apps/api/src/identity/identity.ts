import type { ApiRole } from '@hartonomous/operations';

/** Who asks. Every query takes its tenant from here, and none from a request. */
export interface Identity {
  readonly tenantId: number;
  readonly role: ApiRole;
  /** For the audit: `api-key:3`, or `entra:` and the object id. */
  readonly subject: string;
}

/** What a route takes. `follow`: one's own ingestions. */
export type Permission = 'read' | 'ingest' | 'follow' | 'operate';

/** Roles that have a permission. */
export const rolesWith: Readonly<Record<Permission, readonly ApiRole[]>> = {
  read: ['viewer', 'operator'],
  ingest: ['sender', 'operator'],
  follow: ['viewer', 'sender', 'operator'],
  operate: ['operator'],
};
