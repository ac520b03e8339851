import { compileConversion } from '../types/convert.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SqlValue, SqlVariant } from '../types/sql-value.ts';
import { nvarcharMaxType } from '../types/type-info.ts';

/** How FOR XML and FOR JSON write a value that is not text: ISO 8601 dates, floats with all digits, base64 bytes. */
export function compilePublishedText(type: SqlType): (value: SqlValue) => string {
  switch (type.name) {
    case 'binary':
    case 'varbinary':
    case 'image':
    case 'rowversion':
      return (value) => Buffer.from(value as Uint8Array).toString('base64');
    case 'date':
    case 'datetime':
    case 'smalldatetime':
    case 'datetime2':
      return withoutZeroFraction(compileConversion(type, nvarcharMaxType, { explicit: true, style: 126 }));
    case 'datetimeoffset': {
      const convert = withoutZeroFraction(compileConversion(type, nvarcharMaxType, { explicit: true, style: 126 }));
      return (value) => convert(value).replace(/\+00:00$/, 'Z');
    }
    case 'float':
      return styled(type, 2);
    case 'real':
      return styled(type, 1);
    case 'money':
    case 'smallmoney':
      return styled(type, 2);
    case 'sql_variant':
      return variantText();
    default:
      return styled(type, undefined);
  }
}

/** A sql_variant looks like its base type, which may be another one in each row. */
function variantText(): (value: SqlValue) => string {
  const writers = new Map<SqlType, (value: SqlValue) => string>();
  return (variant) => {
    const { baseType, value } = variant as SqlVariant;
    let writer = writers.get(baseType);
    if (writer === undefined) {
      writer = compilePublishedText(baseType);
      writers.set(baseType, writer);
    }
    return writer(value);
  };
}

function styled(type: SqlType, style: number | undefined): (value: SqlValue) => string {
  const convert = compileConversion(type, nvarcharMaxType, {
    explicit: true,
    ...(style === undefined ? {} : { style }),
  });
  return (value) => String(convert(value));
}

function withoutZeroFraction(convert: (value: SqlValue) => SqlValue): (value: SqlValue) => string {
  return (value) => String(convert(value)).replace(/\.0+(?=$|[+-])/, '');
}
