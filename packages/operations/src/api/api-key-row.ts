import { z } from 'zod';
import { type ApiRole, apiRoles } from './api-role.ts';

/** What is kept of a key; the key itself is kept nowhere. */
export interface ApiKey {
  readonly id: number;
  readonly prefix: string;
  readonly name: string;
  readonly tenantId: number;
  readonly role: ApiRole;
  readonly createdAt: Date;
  readonly createdBy: string;
  /** `null`: never. */
  readonly expiresAt: Date | null;
  /** To the minute. */
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

/** A row of dbo.ApiKey without its hash. */
export const apiKeyRow = z
  .object({
    ApiKeyId: z.number(),
    KeyPrefix: z.string(),
    Name: z.string(),
    TenantId: z.number(),
    Role: z.enum(apiRoles),
    CreatedAt: z.date(),
    CreatedBy: z.string(),
    ExpiresAt: z.date().nullable(),
    LastUsedAt: z.date().nullable(),
    RevokedAt: z.date().nullable(),
  })
  .transform(
    (row): ApiKey => ({
      id: row.ApiKeyId,
      prefix: row.KeyPrefix,
      name: row.Name,
      tenantId: row.TenantId,
      role: row.Role,
      createdAt: row.CreatedAt,
      createdBy: row.CreatedBy,
      expiresAt: row.ExpiresAt,
      lastUsedAt: row.LastUsedAt,
      revokedAt: row.RevokedAt,
    }),
  );

/** What {@link apiKeyRow} is read from, of a table `k`. */
export const apiKeyColumns = `k.[ApiKeyId], k.[KeyPrefix], k.[Name], k.[TenantId], k.[Role], k.[CreatedAt], k.[CreatedBy], k.[ExpiresAt],
  k.[LastUsedAt], k.[RevokedAt]`;
