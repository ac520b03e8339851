/**
 * What somebody may do over the HTTP API. `viewer`: read. `sender`: send files in and follow them, and read nothing else.
 * `operator`: both, and change things.
 */
export const apiRoles = ['viewer', 'sender', 'operator'] as const;

/** One of {@link apiRoles}. */
export type ApiRole = (typeof apiRoles)[number];
