import type { ResultColumn } from '../engine/session-contract.ts';
import type { SqlRow, SqlValue } from '../engine/types/sql-value.ts';
import { ByteReader } from './byte-reader.ts';
import { TdsProtocolError } from './errors.ts';
import { Token } from './tokens.ts';
import { readTypeInfo, type WireType } from './type-info-reader.ts';
import { TypeToken } from './type-tokens.ts';
import { readValue } from './value-reader.ts';

/** The contents of a bulk load message. */
export interface BulkLoad {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly SqlRow[];
}

const mostColumns = 1024;
const nullableFlag = 0x0001;
const identityFlag = 0x0010;

/**
 * Decodes a bulk load message: COLMETADATA, rows, DONE (which may be missing), without headers.
 *
 * @param codePage number of the code page of texts without a collation
 * @throws {TdsProtocolError} when it is broken
 */
export function readBulkLoad(payload: Buffer, codePage = 1252): BulkLoad {
  const reader = new ByteReader(payload);
  reader.codePage = codePage;
  if (reader.u8() !== Token.columnMetadata) throw brokenLoad('it does not begin with its columns');
  const count = reader.u16();
  if (count === 0 || count > mostColumns) throw brokenLoad(`it has ${count} columns; 1 to ${mostColumns} are possible`);
  const columns: ResultColumn[] = [];
  const wires: WireType[] = [];
  for (let i = 0; i < count; i += 1) {
    reader.u32();
    const flags = reader.u16();
    const wire = readTypeInfo(reader);
    if (wire.token === TypeToken.text || wire.token === TypeToken.ntext || wire.token === TypeToken.image) {
      skipTableName(reader);
    }
    wires.push(wire);
    const name = reader.bVarchar();
    columns.push({
      name,
      type: wire.type,
      nullable: (flags & nullableFlag) !== 0,
      identity: (flags & identityFlag) !== 0,
    });
  }
  const rows: SqlRow[] = [];
  for (;;) {
    // FreeTDS ends the message behind its last row, without a DONE.
    if (reader.remaining === 0) return { columns, rows };
    const token = reader.u8();
    if (token === Token.done) return { columns, rows };
    if (token === Token.row) rows.push(readRow(reader, wires, undefined));
    else if (token === Token.nbcRow) rows.push(readRow(reader, wires, reader.bytes(Math.ceil(count / 8))));
    else throw brokenLoad(`token 0x${token.toString(16)} stands among its rows`);
  }
}

function readRow(reader: ByteReader, wires: readonly WireType[], nulls: Buffer | undefined): SqlRow {
  const row: SqlValue[] = [];
  for (const [index, wire] of wires.entries()) {
    const isNull = nulls !== undefined && (nulls.readUInt8(index >> 3) & (1 << (index & 7))) !== 0;
    row.push(isNull ? null : readValue(reader, wire, 'row'));
  }
  return row;
}

/**
 * Clients write the table's name in one of two ways: a count of parts (u8) and each part, or one part without a count,
 * as tedious does. The second byte tells them apart: there it is the high byte of a length below 256, here the low byte
 * of the length of a name that is never empty.
 */
function skipTableName(reader: ByteReader): void {
  const first = reader.u8();
  if (reader.remaining > 0 && reader.buffer.readUInt8(reader.position) === 0) {
    reader.take(1 + first * 2);
    return;
  }
  for (let i = 0; i < first; i += 1) reader.usVarchar();
}

function brokenLoad(what: string): TdsProtocolError {
  return new TdsProtocolError(
    `The incoming tabular data stream (TDS) protocol stream is incorrect: the bulk load cannot be read, ${what}.`,
    4804,
  );
}
