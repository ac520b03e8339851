import type { CatalogObject } from '../catalog/catalog-object.ts';
import type { SeenTable } from '../session/temp-table-object.ts';

/** `sys.objects.type` of an object. */
export function objectTypeCode(object: CatalogObject | SeenTable): string {
  switch (object.kind) {
    case 'table':
      return 'U';
    case 'sequence':
      return 'SO';
    case 'queue':
      return 'SQ';
    default:
      return object.typeCode;
  }
}

const descriptions: Readonly<Record<string, string>> = {
  S: 'SYSTEM_TABLE',
  U: 'USER_TABLE',
  V: 'VIEW',
  P: 'SQL_STORED_PROCEDURE',
  FN: 'SQL_SCALAR_FUNCTION',
  IF: 'SQL_INLINE_TABLE_VALUED_FUNCTION',
  TF: 'SQL_TABLE_VALUED_FUNCTION',
  TR: 'SQL_TRIGGER',
  SO: 'SEQUENCE_OBJECT',
  SQ: 'SERVICE_QUEUE',
  PK: 'PRIMARY_KEY_CONSTRAINT',
  UQ: 'UNIQUE_CONSTRAINT',
  C: 'CHECK_CONSTRAINT',
  D: 'DEFAULT_CONSTRAINT',
  F: 'FOREIGN_KEY_CONSTRAINT',
  TT: 'TYPE_TABLE',
};

/** `sys.objects.type_desc` of a type code. */
export function objectTypeDescription(code: string): string {
  return descriptions[code] ?? code;
}
