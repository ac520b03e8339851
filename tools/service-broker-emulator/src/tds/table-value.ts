import type { TableValue } from '../engine/session-contract.ts';
import type { SqlRow, SqlValue } from '../engine/types/sql-value.ts';
import type { ByteReader } from './byte-reader.ts';
import { TdsProtocolError } from './errors.ts';
import { readTypeInfo, type WireType } from './type-info-reader.ts';
import { readValue } from './value-reader.ts';

const nullTable = 0xffff;
const mostColumns = 1024;
const serverDefault = 0x0200;
const TableToken = { end: 0x00, row: 0x01, orderUnique: 0x10, columnOrdering: 0x11 } as const;

/**
 * Reads a table-valued parameter after its type token (MS-TDS 2.2.5.5.5). A NULL table is an empty one without columns.
 *
 * @throws {TdsProtocolError} when it is broken, or a column asks for the server's default in every row
 */
export function readTableValue(reader: ByteReader): TableValue {
  reader.bVarchar();
  const schema = reader.bVarchar();
  const typeName = reader.bVarchar();
  const count = reader.u16();
  const columns: { name: string; type: WireType['type'] }[] = [];
  const wires: WireType[] = [];
  if (count !== nullTable) {
    if (count > mostColumns) throw brokenTable(`it has ${count} columns, more than ${mostColumns}`);
    for (let i = 0; i < count; i += 1) {
      reader.u32();
      const flags = reader.u16();
      if ((flags & serverDefault) !== 0) {
        throw brokenTable('a column is marked to take its default in all rows, which the emulator does not support');
      }
      const wire = readTypeInfo(reader);
      wires.push(wire);
      columns.push({ name: reader.bVarchar(), type: wire.type });
    }
  }
  skipOrdering(reader);
  return { schema, typeName, columns, rows: readRows(reader, wires) };
}

/** Order and uniqueness of the rows are hints for the server's optimizer. */
function skipOrdering(reader: ByteReader): void {
  for (;;) {
    const token = reader.u8();
    if (token === TableToken.end) return;
    if (token === TableToken.orderUnique) reader.take(reader.u16() * 3);
    else if (token === TableToken.columnOrdering) reader.take(reader.u16() * 2);
    else throw brokenTable(`token 0x${token.toString(16)} stands among its columns`);
  }
}

function readRows(reader: ByteReader, wires: readonly WireType[]): SqlRow[] {
  const rows: SqlRow[] = [];
  for (;;) {
    const token = reader.u8();
    if (token === TableToken.end) return rows;
    if (token !== TableToken.row) throw brokenTable(`token 0x${token.toString(16)} stands among its rows`);
    if (wires.length === 0) throw brokenTable('it has rows, but no columns');
    const row: SqlValue[] = [];
    for (const wire of wires) row.push(readValue(reader, wire, 'parameter'));
    rows.push(row);
  }
}

function brokenTable(what: string): TdsProtocolError {
  return new TdsProtocolError(`The table-valued parameter in the request cannot be read: ${what}.`, 8057);
}
