import type {
  CompletedCommand,
  EnvironmentChange,
  ResultColumn,
  ReturnedParameter,
} from '../engine/session-contract.ts';
import { collationBytes } from '../engine/types/collation-bytes.ts';
import type { ByteWriter } from './byte-writer.ts';
import { productVersion } from './product-version.ts';
import { userType, writeTypeInfo } from './type-info-writer.ts';
import { valueWriter } from './value-writer.ts';

/** Tokens of the answer stream (MS-TDS 2.2.7). */
export const Token = {
  returnStatus: 0x79,
  columnMetadata: 0x81,
  order: 0xa9,
  error: 0xaa,
  info: 0xab,
  returnValue: 0xac,
  loginAck: 0xad,
  featureExtAck: 0xae,
  row: 0xd1,
  nbcRow: 0xd2,
  environmentChange: 0xe3,
  done: 0xfd,
  doneProcedure: 0xfe,
  doneInProcedure: 0xff,
} as const;

/** Status bits of DONE, DONEPROC and DONEINPROC. */
export const DoneStatus = {
  final: 0x00,
  more: 0x01,
  error: 0x02,
  inTransaction: 0x04,
  count: 0x10,
  attention: 0x20,
  /** The connection ends with this answer. */
  fatal: 0x100,
} as const;

const commandNumbers: Readonly<Record<CompletedCommand, number>> = {
  select: 0xc1,
  insert: 0xc3,
  delete: 0xc4,
  update: 0xc5,
  merge: 0x117,
  set: 0xbe,
  begin: 0xd4,
  commit: 0xd5,
  rollback: 0xd2,
  execute: 0xe0,
  other: 0,
};

/** The `curcmd` number of a statement. */
export function commandNumber(command: CompletedCommand): number {
  return commandNumbers[command];
}

/** DONE, DONEPROC or DONEINPROC. */
export function writeDone(
  out: ByteWriter,
  token: number,
  status: number,
  command: number,
  rowCount: number | bigint,
): void {
  const at = out.ensure(13);
  const { buffer } = out;
  buffer[at] = token;
  buffer[at + 1] = status;
  buffer[at + 2] = status >>> 8;
  buffer[at + 3] = command;
  buffer[at + 4] = command >>> 8;
  out.position = at + 5;
  if (typeof rowCount === 'number' && rowCount >= 0 && rowCount <= 0xffffffff) {
    out.u32(rowCount);
    out.u32(0);
  } else {
    out.u64(BigInt(rowCount));
  }
}

/** Contents of an ERROR or INFO token. */
export interface Message {
  readonly number: number;
  readonly state: number;
  readonly severity: number;
  readonly text: string;
  readonly procedure: string;
  readonly line: number;
}

/** Longest text of a message in UTF-16 units, SQL Server's own limit (RAISERROR cuts at 2047). */
const longestText = 4000;

/** ERROR or INFO. */
export function writeMessage(out: ByteWriter, token: number, message: Message, serverName: string): void {
  out.u8(token);
  const lengthAt = out.position;
  out.u16(0);
  out.u32(message.number);
  out.u8(message.state);
  out.u8(message.severity);
  out.usVarchar(message.text.slice(0, longestText));
  out.bVarchar(serverName);
  out.bVarchar(message.procedure);
  out.u32(message.line);
  out.patchU16(lengthAt, out.position - lengthAt - 2);
}

/** ENVCHANGE for a change that the engine reports. */
export function writeEnvironmentChange(out: ByteWriter, change: EnvironmentChange): void {
  switch (change.kind) {
    case 'database':
      writeTextChange(out, 1, change.newValue, change.oldValue);
      break;
    case 'language':
      writeTextChange(out, 2, change.newValue, change.oldValue);
      break;
    case 'collation':
      writeCollationChange(out, change.newValue, change.oldValue);
      break;
    case 'begin':
      changed(out, 8, () => {
        out.u8(8);
        out.u64(change.descriptor);
        out.u8(0);
      });
      break;
    case 'commit':
    case 'rollback':
      changed(out, change.kind === 'commit' ? 9 : 10, () => {
        out.u8(0);
        out.u8(8);
        out.u64(change.descriptor);
      });
      break;
    case 'reset':
      changed(out, 18, () => out.u16(0));
  }
}

/** ENVCHANGE 4: the packet size both sides use from now on. */
export function writePacketSizeChange(out: ByteWriter, newSize: number, oldSize: number): void {
  writeTextChange(out, 4, String(newSize), String(oldSize));
}

/**
 * ENVCHANGE 7: JDBC cannot send a string before it knows a collation.
 *
 * @param oldValue absent at login, where there is none before
 */
export function writeCollationChange(out: ByteWriter, newValue: string | undefined, ...oldValue: [string?]): void {
  changed(out, 7, () => {
    writeBytes(out, collationBytes(newValue));
    writeBytes(out, oldValue.length === 0 ? Buffer.alloc(0) : collationBytes(oldValue[0]));
  });
}

function writeBytes(out: ByteWriter, bytes: Uint8Array): void {
  out.u8(bytes.length);
  out.bytes(bytes);
}

function writeTextChange(out: ByteWriter, type: number, newValue: string, oldValue: string): void {
  changed(out, type, () => {
    out.bVarchar(newValue);
    out.bVarchar(oldValue);
  });
}

function changed(out: ByteWriter, type: number, values: () => void): void {
  out.u8(Token.environmentChange);
  const lengthAt = out.position;
  out.u16(0);
  out.u8(type);
  values();
  out.patchU16(lengthAt, out.position - lengthAt - 2);
}

/** LOGINACK. The TDS version is the one number of the protocol in big-endian order. */
export function writeLoginAck(out: ByteWriter, tdsVersion: number): void {
  out.u8(Token.loginAck);
  const lengthAt = out.position;
  out.u16(0);
  out.u8(1);
  out.u32BigEndian(tdsVersion);
  out.bVarchar('Microsoft SQL Server');
  out.u8(productVersion.major);
  out.u8(productVersion.minor);
  out.u8(productVersion.build >> 8);
  out.u8(productVersion.build);
  out.patchU16(lengthAt, out.position - lengthAt - 2);
}

/** FEATUREEXTACK that grants UTF-8 support, the one feature the emulator has. */
export function writeFeatureAck(out: ByteWriter, utf8: boolean): void {
  out.u8(Token.featureExtAck);
  if (utf8) {
    out.u8(0x0a);
    out.u32(1);
    out.u8(1);
  }
  out.u8(0xff);
}

const ColumnFlags = { nullable: 0x0001, updatabilityUnknown: 0x0008, identity: 0x0010 } as const;

/** COLMETADATA. */
export function writeColumns(out: ByteWriter, columns: readonly ResultColumn[]): void {
  out.u8(Token.columnMetadata);
  out.u16(columns.length);
  for (const { name, type, nullable, identity } of columns) {
    out.u32(userType(type));
    let flags: number = ColumnFlags.updatabilityUnknown;
    if (nullable) flags |= ColumnFlags.nullable;
    if (identity === true) flags |= ColumnFlags.identity;
    out.u16(flags);
    writeTypeInfo(out, type);
    // text, ntext and image name the table they come from; one part without characters stands for an expression.
    if (type.name === 'text' || type.name === 'ntext' || type.name === 'image') {
      out.u8(1);
      out.u16(0);
    }
    out.bVarchar(name);
  }
}

/** RETURNSTATUS. */
export function writeReturnStatus(out: ByteWriter, status: number): void {
  out.u8(Token.returnStatus);
  out.u32(status);
}

const outputParameter = 1;

/** RETURNVALUE of an output parameter. */
export function writeReturnValue(out: ByteWriter, parameter: ReturnedParameter): void {
  out.u8(Token.returnValue);
  out.u16(parameter.ordinal);
  out.bVarchar(parameter.name);
  out.u8(outputParameter);
  out.u32(userType(parameter.type));
  out.u16(0);
  writeTypeInfo(out, parameter.type);
  valueWriter(parameter.type)(out, parameter.value);
}
