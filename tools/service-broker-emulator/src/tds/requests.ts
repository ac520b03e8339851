import type { RpcCall, RpcParameter, TransactionRequest } from '../engine/session-contract.ts';
import { ByteReader } from './byte-reader.ts';
import { TdsProtocolError } from './errors.ts';
import { readTableValue } from './table-value.ts';
import { readTypeInfo } from './type-info-reader.ts';
import { TypeToken } from './type-tokens.ts';
import { readValue } from './value-reader.ts';

/** Names of the procedures that clients call by number (MS-TDS 2.2.6.6). */
const procedureNames: readonly (string | undefined)[] = [
  undefined,
  'sp_cursor',
  'sp_cursoropen',
  'sp_cursorprepare',
  'sp_cursorexecute',
  'sp_cursorprepexec',
  'sp_cursorunprepare',
  'sp_cursorfetch',
  'sp_cursoroption',
  'sp_cursorclose',
  'sp_executesql',
  'sp_prepare',
  'sp_execute',
  'sp_prepexec',
  'sp_prepexecrpc',
  'sp_unprepare',
];

const byNumber = 0xffff;
const batchSeparator = 0xff;
const noExecSeparator = 0xfe;
const ParameterStatus = { byReference: 0x01, useDefault: 0x02, encrypted: 0x08 } as const;

/** Moves past the ALL_HEADERS block that starts SQLBatch, RPC and transaction manager requests. */
function skipHeaders(reader: ByteReader): void {
  const total = reader.u32();
  if (total < 4) throw brokenStream('its header block is shorter than its own length field');
  reader.take(total - 4);
}

/** The text of a SQLBatch message. @throws {TdsProtocolError} when it is cut in the middle of a character */
export function readSqlBatch(payload: Buffer): string {
  const reader = new ByteReader(payload);
  skipHeaders(reader);
  if (reader.remaining % 2 !== 0) throw brokenStream('the batch text has an odd number of bytes');
  return reader.utf16(reader.remaining / 2);
}

/**
 * The calls of an RPC message: usually one, but ODBC's executemany sends many.
 *
 * @param codePage number of the code page of texts without a collation
 * @throws {TdsProtocolError}
 */
export function readRpcCalls(payload: Buffer, codePage = 1252): RpcCall[] {
  const reader = new ByteReader(payload);
  reader.codePage = codePage;
  skipHeaders(reader);
  const calls: RpcCall[] = [];
  do {
    calls.push(readCall(reader));
  } while (reader.remaining > 0);
  return calls;
}

function readCall(reader: ByteReader): RpcCall {
  const procedure = readProcedureName(reader);
  // Option flags (recompile, no metadata, reuse metadata) are hints; sending metadata anyway is always right.
  reader.u16();
  const parameters: RpcParameter[] = [];
  while (reader.remaining > 0) {
    const next = reader.buffer.readUInt8(reader.position);
    if (next === batchSeparator || next === noExecSeparator) {
      reader.take(1);
      if (next === noExecSeparator) throw brokenStream('it asks for a call that is not to be executed');
      break;
    }
    parameters.push(readParameter(reader));
  }
  return { procedure, parameters };
}

function readProcedureName(reader: ByteReader): string {
  const length = reader.u16();
  if (length !== byNumber) return reader.utf16(length);
  const id = reader.u16();
  const name = procedureNames[id];
  if (name === undefined) throw brokenStream(`it calls the unknown system procedure number ${id}`);
  return name;
}

function readParameter(reader: ByteReader): RpcParameter {
  const name = reader.bVarchar();
  const status = reader.u8();
  if ((status & ParameterStatus.encrypted) !== 0) throw brokenStream('it has an encrypted parameter, not agreed upon');
  const flags = {
    name,
    output: (status & ParameterStatus.byReference) !== 0,
    useDefault: (status & ParameterStatus.useDefault) !== 0,
  };
  if (reader.remaining > 0 && reader.buffer.readUInt8(reader.position) === TypeToken.table) {
    reader.take(1);
    return { ...flags, type: { name: 'int' }, value: null, table: readTableValue(reader) };
  }
  const wire = readTypeInfo(reader);
  return { ...flags, type: wire.type, value: readValue(reader, wire, 'parameter') };
}

const TransactionCode = { begin: 5, commit: 7, rollback: 8, save: 9 } as const;
const beginAgain = 0x01;

/** A transaction manager request. @throws {TdsProtocolError} for requests of distributed transactions and broken ones */
export function readTransactionRequest(payload: Buffer): TransactionRequest {
  const reader = new ByteReader(payload);
  skipHeaders(reader);
  const code = reader.u16();
  switch (code) {
    case TransactionCode.begin: {
      const isolation = reader.u8();
      return { kind: 'begin', isolation, name: transactionName(reader) };
    }
    case TransactionCode.commit:
    case TransactionCode.rollback: {
      const kind = code === TransactionCode.commit ? 'commit' : 'rollback';
      const name = transactionName(reader);
      const flags = reader.u8();
      if ((flags & beginAgain) === 0) return { kind, name };
      const isolation = reader.u8();
      return { kind, name, beginAgain: { isolation, name: transactionName(reader) } };
    }
    case TransactionCode.save:
      return { kind: 'save', name: transactionName(reader) };
    default:
      throw new TdsProtocolError(
        `The transaction manager request type, ${code}, that was received is not supported: ` +
          'the emulator has no distributed transactions.',
        3971,
      );
  }
}

function transactionName(reader: ByteReader): string {
  const length = reader.u8();
  if (length % 2 !== 0) {
    throw new TdsProtocolError(
      'The transaction name has the odd size %d. The size must be even.'.replace('%d', `${length}`),
      3976,
    );
  }
  return reader.utf16(length / 2);
}

function brokenStream(what: string): TdsProtocolError {
  return new TdsProtocolError(`The incoming tabular data stream (TDS) protocol stream is incorrect: ${what}.`);
}
