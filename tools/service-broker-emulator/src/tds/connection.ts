import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { Engine, EngineSession } from '../engine/session-contract.ts';
import { AnswerSink } from './answer-sink.ts';
import { AnswerStream } from './answer-stream.ts';
import { connectionError, TdsProtocolError } from './errors.ts';
import { type LoginOutcome, logIn } from './login.ts';
import {
  batchPackets,
  type ClientMessage,
  framePackets,
  MessageAssembler,
  PacketStatus,
  PacketType,
} from './packets.ts';
import {
  agreeOnEncryption,
  type EncryptionAgreement,
  type EncryptionPolicy,
  preloginAnswer,
  readPreloginEncryption,
} from './prelogin.ts';
import { runRequest } from './run-request.ts';
import { DoneStatus, Token, writeDone, writeMessage } from './tokens.ts';
import { Transport } from './transport.ts';

/** What all connections of a server share. */
export interface ConnectionSettings {
  readonly engine: Engine;
  readonly encryption: EncryptionPolicy;
  /** Absent when encryption is `none`. */
  readonly secureContext: () => Promise<SecureContext>;
  readonly loginTimeoutMs: number;
  readonly maxMessageBytes: number;
  readonly onDefect: (error: unknown) => void;
}

/** Largest message before a login has succeeded: strangers get little memory. A LOGIN7 with all its fields is below it. */
const largestLoginMessage = 128 * 1024;
/** Requests that may wait behind the running one before reading pauses. Clients without MARS send one at a time. */
const mostQueued = 16;

/**
 * One client connection, from its first byte to its end.
 *
 * States: `prelogin` (waits for PRELOGIN) -> `login` (waits for LOGIN7, perhaps inside TLS; the time-out runs through
 * both) -> `ready` (requests, one at a time, in the order they came; an attention interrupts the running one) ->
 * `closed` (socket gone or going; the running request is aborted, then the session is disposed).
 */
export class TdsConnection {
  readonly #settings: ConnectionSettings;
  readonly #transport: Transport;
  readonly #stream: AnswerStream;
  readonly #assembler: MessageAssembler;
  readonly #loginTimer: NodeJS.Timeout;
  readonly #finished = Promise.withResolvers<void>();
  #state: 'prelogin' | 'login' | 'ready' | 'closed' = 'prelogin';
  #agreement: EncryptionAgreement = { answer: 2, scope: 'clear' };
  #session: EngineSession | undefined;
  #queue: ClientMessage[] = [];
  #working = false;
  #abort: AbortController | undefined;
  #attention = false;
  #socketGone = false;
  #disposal: Promise<void> | undefined;

  constructor(socket: Socket, settings: ConnectionSettings) {
    this.#settings = settings;
    this.#transport = new Transport(socket, {
      onData: (chunk) => {
        if (this.#state !== 'closed') this.#assembler.push(chunk);
      },
      onClose: () => this.#closed(),
      onFailure: (error) => this.#fail(error),
    });
    this.#stream = new AnswerStream((packets) => this.#transport.write(packets));
    this.#assembler = new MessageAssembler(largestLoginMessage, (message) => this.#receive(message));
    this.#loginTimer = setTimeout(() => this.#transport.destroy(), settings.loginTimeoutMs);
  }

  /** Settles when the connection is gone and its session has been disposed. */
  get finished(): Promise<void> {
    return this.#finished.promise;
  }

  /** Breaks the connection off. */
  close(): void {
    this.#transport.destroy();
  }

  #receive(message: ClientMessage): void {
    if (this.#state === 'closed') return;
    if (this.#state === 'ready' && message.type === PacketType.attention) {
      this.#attention = true;
      this.#abort?.abort();
      if (!this.#working) this.#acknowledgeAttention();
      return;
    }
    if (this.#state !== 'ready' && this.#working) {
      // Above all a LOGIN7 in clear right behind PRELOGIN, which would go round the encryption agreed upon.
      throw new TdsProtocolError('A message came before the answer to the one before it, during the login.');
    }
    if (this.#state === 'login' && this.#agreement.scope === 'login-only') {
      // The one encrypted message has come; both sides go on in clear.
      this.#transport.stopTls();
    }
    this.#queue.push(message);
    if (this.#queue.length > mostQueued) this.#transport.pauseReading();
    if (!this.#working) void this.#work();
  }

  /** Handles the queued messages one after another. */
  async #work(): Promise<void> {
    this.#working = true;
    try {
      for (;;) {
        const message = this.#queue.shift();
        if (message === undefined || this.#state === 'closed') break;
        if (this.#queue.length === mostQueued) this.#transport.resumeReading();
        await this.#handle(message);
        if (this.#attention) this.#acknowledgeAttention();
        const wait = this.#transport.drained();
        if (wait !== undefined) await wait;
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#working = false;
    }
    if (this.#state === 'closed') await this.#dispose();
  }

  async #handle(message: ClientMessage): Promise<void> {
    switch (this.#state) {
      case 'prelogin':
        if (message.type === PacketType.login7) return await this.#logIn(message);
        return await this.#negotiate(message);
      case 'login':
        return await this.#logIn(message);
      case 'ready':
        if (message.ignored) return this.#answerIgnored();
        return await this.#request(message);
      case 'closed':
        return;
    }
  }

  async #negotiate(message: ClientMessage): Promise<void> {
    if (message.type !== PacketType.prelogin) throw new TdsProtocolError('The connection did not begin with PRELOGIN.');
    const agreement = agreeOnEncryption(readPreloginEncryption(message.payload), this.#settings.encryption);
    const secureContext = agreement.scope === 'clear' ? undefined : await this.#settings.secureContext();
    if (this.#isClosed()) return;
    const payload = preloginAnswer(agreement.answer);
    const answer = framePackets(payload, 0, payload.length, {
      type: PacketType.answer,
      packetSize: this.#stream.packetSize,
      sessionId: 0,
      firstPacketId: 1,
      lastStatus: PacketStatus.endOfMessage,
    });
    this.#agreement = agreement;
    this.#state = 'login';
    this.#transport.write(answer);
    if (secureContext !== undefined) this.#transport.startTls(secureContext);
  }

  async #logIn(message: ClientMessage): Promise<void> {
    if (message.type !== PacketType.login7) throw new TdsProtocolError('LOGIN7 was expected.');
    if (this.#state === 'prelogin' && this.#settings.encryption === 'required') {
      throw new TdsProtocolError('The server requires encryption, so PRELOGIN must come before LOGIN7.');
    }
    const outcome: LoginOutcome = await logIn(message.payload, this.#settings.engine, this.#stream, {
      encrypted: this.#agreement.scope === 'session',
      ...this.#transport.endpoints,
    });
    this.#stream.endMessage();
    if (!outcome.granted) {
      this.#end();
      return;
    }
    clearTimeout(this.#loginTimer);
    this.#session = outcome.session;
    outcome.session.killed?.addEventListener('abort', () => this.#kill(), { once: true });
    if (this.#isClosed()) return;
    this.#stream.packetSize = outcome.packetSize;
    this.#assembler.limit = this.#settings.maxMessageBytes;
    this.#assembler.batchLimit = batchPackets * outcome.packetSize;
    this.#state = 'ready';
  }

  async #request(message: ClientMessage): Promise<void> {
    const session = this.#session;
    if (session === undefined) throw new TypeError('A ready connection has no session.');
    const abort = new AbortController();
    this.#abort = abort;
    try {
      const { fatal } = await runRequest(message, session, {
        stream: this.#stream,
        signal: abort.signal,
        serverName: this.#settings.engine.serverName,
        drained: () => this.#transport.drained(),
      });
      if (session.killed?.aborted === true) this.#writeKilled();
      this.#stream.endMessage();
      if (fatal || session.killed?.aborted === true) this.#end();
    } finally {
      this.#abort = undefined;
    }
  }

  /** The server has ended the session: so does its connection, after the end of what runs. */
  #kill(): void {
    if (this.#state === 'closed') return;
    if (this.#working) this.#abort?.abort();
    else this.#end();
  }

  #writeKilled(): void {
    const { out } = this.#stream;
    const text = 'Cannot continue the execution because the session is in the kill state.';
    const error = { number: 596, state: 1, severity: 21, text, procedure: '', line: 1 };
    writeMessage(out, Token.error, error, this.#settings.engine.serverName);
    writeDone(out, Token.done, DoneStatus.error, 0, 0);
  }

  #answerIgnored(): void {
    writeDone(this.#stream.out, Token.done, DoneStatus.final, 0, 0);
    this.#stream.endMessage();
  }

  /** The second of the two messages that an attention is answered with; the first ended the interrupted answer. */
  #acknowledgeAttention(): void {
    this.#attention = false;
    writeDone(this.#stream.out, Token.done, DoneStatus.attention, 0, 0);
    this.#stream.endMessage();
    // A client that sends attentions and reads no answers must not fill the memory.
    const wait = this.#transport.drained();
    if (wait === undefined) return;
    this.#transport.pauseReading();
    void wait.then(() => this.#transport.resumeReading());
  }

  /** Ends a connection whose bytes cannot be understood, or whose request met a defect, and says why where possible. */
  #fail(error: unknown): void {
    if (this.#state === 'closed') return;
    const protocol = error instanceof TdsProtocolError;
    if (!protocol) this.#settings.onDefect(error);
    if (this.#state === 'ready') {
      const sink = new AnswerSink(this.#stream, this.#answerContext(), 'batch');
      sink.error(connectionError(error));
      sink.finish({ last: true, interrupted: false });
      this.#stream.endMessage();
      this.#end();
    } else {
      this.#transport.destroy();
    }
  }

  #answerContext() {
    return {
      serverName: this.#settings.engine.serverName,
      inTransaction: () => false,
      drained: () => undefined,
    };
  }

  #isClosed(): boolean {
    return this.#state === 'closed';
  }

  /** Sends what is written, then closes. Nothing more is read. */
  #end(): void {
    this.#state = 'closed';
    this.#queue = [];
    this.#abort?.abort();
    this.#transport.end();
  }

  #closed(): void {
    clearTimeout(this.#loginTimer);
    this.#socketGone = true;
    this.#state = 'closed';
    this.#queue = [];
    this.#abort?.abort();
    if (!this.#working) void this.#dispose();
  }

  /** Gives the session up, once; the connection is finished when that is done and the socket is gone. */
  async #dispose(): Promise<void> {
    this.#disposal ??= (async () => {
      try {
        await this.#session?.[Symbol.asyncDispose]();
      } catch (error) {
        this.#settings.onDefect(error);
      }
    })();
    await this.#disposal;
    if (this.#socketGone) this.#finished.resolve();
  }
}
