import type { EngineSession } from '../engine/session-contract.ts';
import { codePageNumber } from '../engine/types/collation-code-page.ts';
import { type AnswerContext, AnswerSink } from './answer-sink.ts';
import type { AnswerStream } from './answer-stream.ts';
import { readBulkLoad } from './bulk-load.ts';
import { TdsProtocolError } from './errors.ts';
import { type ClientMessage, PacketType } from './packets.ts';
import { readRpcCalls, readSqlBatch, readTransactionRequest } from './requests.ts';

/** What a request's answer needs of its connection. */
export interface RequestContext {
  readonly stream: AnswerStream;
  /** Aborted by the client's attention or the end of the connection. */
  readonly signal: AbortSignal;
  readonly serverName: string;
  drained(): Promise<void> | undefined;
}

/**
 * Runs one request and writes its whole answer to the stream, except for the end of the message.
 *
 * @returns whether an error was sent that closes the connection
 * @throws {TdsProtocolError} when the request is broken; nothing of it has run then
 */
export async function runRequest(
  message: ClientMessage,
  session: EngineSession,
  context: RequestContext,
): Promise<{ fatal: boolean }> {
  const { stream, signal } = context;
  const answer: AnswerContext = {
    serverName: context.serverName,
    inTransaction: () => session.transactionDescriptor !== 0n,
    drained: context.drained,
  };
  const end = (sink: AnswerSink): { fatal: boolean } => {
    sink.finish({ last: true, interrupted: signal.aborted });
    return { fatal: sink.fatal };
  };
  switch (message.type) {
    case PacketType.sqlBatch: {
      const sql = readSqlBatch(message.payload);
      const sink = new AnswerSink(stream, answer, 'batch');
      await resetIfAsked(message, session, sink);
      await session.batch(sql, sink, signal);
      return end(sink);
    }
    case PacketType.rpc: {
      const calls = readRpcCalls(message.payload, codePageNumber(session.collation));
      let sink = new AnswerSink(stream, answer, 'rpc');
      await resetIfAsked(message, session, sink);
      for (const [index, call] of calls.entries()) {
        await session.rpc(call, sink, signal);
        if (index === calls.length - 1 || sink.fatal || signal.aborted) break;
        sink.finish({ last: false, interrupted: false });
        sink = new AnswerSink(stream, answer, 'rpc');
      }
      return end(sink);
    }
    case PacketType.transactionManager: {
      const request = readTransactionRequest(message.payload);
      const sink = new AnswerSink(stream, answer, 'batch');
      await resetIfAsked(message, session, sink);
      await session.transaction(request, sink);
      return end(sink);
    }
    case PacketType.bulkLoad: {
      const { columns, rows } = readBulkLoad(message.payload, codePageNumber(session.collation));
      const sink = new AnswerSink(stream, answer, 'batch');
      await session.bulkLoad(columns, rows, sink, signal);
      return end(sink);
    }
    default:
      throw new TdsProtocolError(
        `A request of type 0x${message.type.toString(16)} came, which isn't allowed after a login.`,
      );
  }
}

async function resetIfAsked(message: ClientMessage, session: EngineSession, sink: AnswerSink): Promise<void> {
  if (message.reset !== 'none') await session.reset(message.reset === 'keep-transaction', sink);
}
