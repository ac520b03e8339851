import { createHash } from 'node:crypto';

/**
 * SHA-256 of a migration's script, in lower-case hexadecimal digits, as `dbo.SchemaMigration` records it. The same
 * whatever line ends and byte order mark a checkout gave the file.
 */
export function migrationTextHash(text: string): string {
  return createHash('sha256')
    .update(
      text
        .replace(/^\uFEFF/, '')
        .replaceAll('\r\n', '\n')
        .trim(),
      'utf8',
    )
    .digest('hex');
}
