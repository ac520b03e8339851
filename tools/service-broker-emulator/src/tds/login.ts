import type { ConnectionFacts, Engine, EngineSession } from '../engine/session-contract.ts';
import { SqlError } from '../errors.ts';
import type { AnswerStream } from './answer-stream.ts';
import { unsupportedAuthentication, unsupportedTdsVersion } from './errors.ts';
import { type Login7, LoginFeature, readLogin7 } from './login7.ts';
import { defaultPacket, largestPacket, smallestPacket } from './packets.ts';
import {
  DoneStatus,
  Token,
  writeCollationChange,
  writeDone,
  writeEnvironmentChange,
  writeFeatureAck,
  writeLoginAck,
  writeMessage,
  writePacketSizeChange,
} from './tokens.ts';

/** The outcome of a login. */
export type LoginOutcome =
  | { readonly granted: true; readonly session: EngineSession; readonly packetSize: number }
  | { readonly granted: false };

const tds74 = 0x74000004;
/** TDS 7.3 without and with NBCROW. Older clients know neither 64-bit row counts nor the date types. */
const olderVersions: ReadonlySet<number> = new Set([0x730a0003, 0x730b0003]);
const loginFailedNumber = 18456;
const cannotOpenDatabaseNumber = 4060;

/**
 * Answers a LOGIN7 message: the answer's tokens are in `stream`, not yet ended.
 *
 * @param wire what the session's row in `sys.dm_exec_connections` shows
 * @throws {TdsProtocolError} when the message is broken
 */
export async function logIn(
  payload: Buffer,
  engine: Engine,
  stream: AnswerStream,
  wire: Omit<ConnectionFacts, 'packetSize' | 'protocolVersion'>,
): Promise<LoginOutcome> {
  const login = readLogin7(payload);
  const packetSize = agreePacketSize(login.packetSize);
  stream.packetSize = Math.min(packetSize, defaultPacket);
  try {
    checkSupported(login);
    const connection = { ...wire, packetSize, protocolVersion: login.tdsVersion };
    const session = await engine.login({ ...login.request, connection });
    stream.sessionId = session.sessionId & 0xffff;
    writeAnswer(login, session, engine.serverName, packetSize, stream);
    return { granted: true, session, packetSize };
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    writeRefusal(error, login, engine.serverName, stream);
    return { granted: false };
  }
}

function agreePacketSize(asked: number): number {
  if (asked === 0) return defaultPacket;
  return Math.min(largestPacket, Math.max(smallestPacket, asked));
}

function checkSupported(login: Login7): void {
  if (login.tdsVersion !== tds74 && !olderVersions.has(login.tdsVersion)) {
    const version = `0x${login.tdsVersion.toString(16).padStart(8, '0')}`;
    throw unsupportedTdsVersion(version);
  }
  if (login.integratedSecurity || login.features.includes(LoginFeature.federatedAuthentication)) {
    throw unsupportedAuthentication();
  }
}

/** The tokens of a granted login, in the order that all known drivers take. */
function writeAnswer(
  login: Login7,
  session: EngineSession,
  serverName: string,
  packetSize: number,
  stream: AnswerStream,
): void {
  const { out } = stream;
  const { database, language } = session;
  writeEnvironmentChange(out, { kind: 'database', newValue: database, oldValue: 'master' });
  const notice = { severity: 0, procedure: '', line: 1 };
  const text = `Changed database context to '${database}'.`;
  writeMessage(out, Token.info, { ...notice, number: 5701, state: 2, text }, serverName);
  writeCollationChange(out, session.collation);
  writeEnvironmentChange(out, { kind: 'language', newValue: language, oldValue: '' });
  const languageText = `Changed language setting to ${language}.`;
  writeMessage(out, Token.info, { ...notice, number: 5703, state: 1, text: languageText }, serverName);
  writeLoginAck(out, login.tdsVersion);
  writePacketSizeChange(out, packetSize, defaultPacket);
  if (login.features.length > 0) writeFeatureAck(out, login.features.includes(LoginFeature.utf8Support));
  writeDone(out, Token.done, DoneStatus.final, 0, 0);
}

function writeRefusal(error: SqlError, login: Login7, serverName: string, stream: AnswerStream): void {
  const { out } = stream;
  const common = { procedure: '', line: 1 };
  const { number, state, severity, message } = error;
  writeMessage(out, Token.error, { ...common, number, state, severity, text: message }, serverName);
  if (number === cannotOpenDatabaseNumber) {
    const text = `Login failed for user '${login.request.userName}'.`;
    writeMessage(out, Token.error, { ...common, number: loginFailedNumber, state: 1, severity: 14, text }, serverName);
  }
  writeDone(out, Token.done, DoneStatus.error, 0, 0);
}
