import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { z } from 'zod';
import type { DatabaseStore } from '../engine/storage/database-store.ts';
import type { BrokerInstance } from './broker-instance.ts';
import { ConversationGroup, Endpoint } from './conversation.ts';
import { nextDeadline } from './endpoint-deadlines.ts';
import { Message, type MessagePlace, type Urgency } from './message.ts';

const tables = `
  CREATE TABLE IF NOT EXISTS broker_endpoints (
    database TEXT NOT NULL,
    handle TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    is_initiator INTEGER NOT NULL,
    service TEXT NOT NULL,
    contract TEXT NOT NULL,
    group_id TEXT NOT NULL,
    far_service TEXT NOT NULL,
    far_broker TEXT,
    expires_at REAL,
    priority INTEGER NOT NULL,
    state TEXT NOT NULL,
    send_sequence INTEGER NOT NULL,
    receive_sequence INTEGER NOT NULL,
    timer_at REAL,
    closed_at REAL,
    PRIMARY KEY (database, handle)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS broker_messages (
    number INTEGER PRIMARY KEY,
    database TEXT NOT NULL,
    handle TEXT NOT NULL,
    type TEXT NOT NULL,
    body BLOB,
    sequence INTEGER NOT NULL,
    queuing_order INTEGER NOT NULL,
    enqueued_at REAL NOT NULL,
    urgency INTEGER NOT NULL,
    place TEXT NOT NULL,
    status TEXT NOT NULL
  );
`;

const endpointRow = z.object({
  database: z.string(),
  handle: z.string(),
  conversation_id: z.string(),
  is_initiator: z.number(),
  service: z.string(),
  contract: z.string(),
  group_id: z.string(),
  far_service: z.string(),
  far_broker: z.string().nullable(),
  expires_at: z.number().nullable(),
  priority: z.number(),
  state: z.enum(['SO', 'SI', 'CO', 'DI', 'DO', 'ER', 'CD']),
  send_sequence: z.number(),
  receive_sequence: z.number(),
  timer_at: z.number().nullable(),
  closed_at: z.number().nullable(),
});

interface MessageRow {
  readonly number: number;
  readonly database: string;
  readonly handle: string;
  readonly type: string;
  readonly body: Uint8Array | null;
  readonly sequence: number;
  readonly queuing_order: number;
  readonly enqueued_at: number;
  readonly urgency: Urgency;
  readonly place: MessagePlace;
  readonly status: string;
}

/** Conversations and messages in the durable store: one row each, as of the last commit. */
export class ConversationStore {
  readonly #database: DatabaseSync;
  readonly #addEndpoint: StatementSync;
  readonly #updateEndpoint: StatementSync;
  readonly #removeEndpoint: StatementSync;
  readonly #putMessage: StatementSync;
  readonly #removeMessage: StatementSync;

  constructor(store: DatabaseStore) {
    store.write((database) => database.exec(tables));
    this.#database = store.database;
    const marks = (count: number): string => new Array(count).fill('?').join(', ');
    this.#addEndpoint = store.database.prepare(`INSERT INTO broker_endpoints VALUES (${marks(16)})`);
    this.#updateEndpoint = store.database.prepare(
      `UPDATE broker_endpoints SET group_id = ?, state = ?, send_sequence = ?, receive_sequence = ?, timer_at = ?, closed_at = ?
       WHERE database = ? AND handle = ?`,
    );
    this.#removeEndpoint = store.database.prepare('DELETE FROM broker_endpoints WHERE database = ? AND handle = ?');
    this.#putMessage = store.database.prepare(`INSERT OR REPLACE INTO broker_messages VALUES (${marks(11)})`);
    this.#removeMessage = store.database.prepare('DELETE FROM broker_messages WHERE number = ?');
  }

  /** Writes what is now of the endpoints and messages that a transaction touched. */
  write(_database: DatabaseSync, endpoints: Iterable<Endpoint>, messages: Iterable<Message>): void {
    for (const endpoint of endpoints) {
      const { origin } = endpoint;
      if (endpoint.removed) {
        this.#removeEndpoint.run(endpoint.database, origin.handle);
        continue;
      }
      const { changes } = this.#updateEndpoint.run(
        endpoint.group.id,
        endpoint.state,
        endpoint.sendSequence,
        endpoint.receiveSequence,
        endpoint.timerAt ?? null,
        endpoint.closedAt ?? null,
        endpoint.database,
        origin.handle,
      );
      if (changes !== 0) continue;
      this.#addEndpoint.run(
        endpoint.database,
        origin.handle,
        origin.conversationId,
        origin.isInitiator ? 1 : 0,
        origin.service.name,
        origin.contract.name,
        endpoint.group.id,
        origin.farService,
        origin.farBroker ?? null,
        Number.isFinite(origin.expiresAt) ? origin.expiresAt : null,
        origin.priority,
        endpoint.state,
        endpoint.sendSequence,
        endpoint.receiveSequence,
        endpoint.timerAt ?? null,
        endpoint.closedAt ?? null,
      );
    }
    for (const message of messages) {
      if (message.place === 'gone') {
        this.#removeMessage.run(message.number);
        continue;
      }
      const { endpoint } = message;
      this.#putMessage.run(
        message.number,
        endpoint.database,
        endpoint.origin.handle,
        message.type.name,
        message.body,
        message.sequence,
        message.order,
        message.enqueuedAt,
        message.urgency,
        message.place,
        message.status,
      );
    }
  }

  /** Deletes everything of a database that was dropped. */
  removeDatabase(database: DatabaseSync, name: string): void {
    for (const table of ['broker_endpoints', 'broker_messages']) {
      database.prepare(`DELETE FROM ${table} WHERE database = ?`).run(name);
    }
  }

  /** Fills the states of an instance, whose services and queues are there already, with what was committed. */
  load(instance: BrokerInstance): void {
    const byConversation = new Map<string, Endpoint>();
    for (const raw of this.#database.prepare('SELECT * FROM broker_endpoints').all()) {
      const row = endpointRow.parse(raw);
      const state = instance.state(row.database);
      const service = state.conversationService(row.service);
      const contract = state.contracts.get(row.contract);
      if (service === undefined || contract === undefined) {
        throw new Error(
          `conversation ${row.handle} refers to service ${row.service} or contract ${row.contract}, which database ${row.database} does not have`,
        );
      }
      let group = state.groups.get(row.group_id);
      if (group === undefined) {
        group = new ConversationGroup(row.group_id, service);
        state.groups.set(group.id, group);
      }
      const origin = {
        handle: row.handle,
        conversationId: row.conversation_id,
        isInitiator: row.is_initiator === 1,
        service,
        contract,
        farService: row.far_service,
        farBroker: row.far_broker ?? undefined,
        expiresAt: row.expires_at ?? Number.POSITIVE_INFINITY,
        priority: row.priority,
      };
      const endpoint = new Endpoint(origin, row.database, group, row.state);
      endpoint.sendSequence = row.send_sequence;
      endpoint.receiveSequence = row.receive_sequence;
      endpoint.timerAt = row.timer_at ?? undefined;
      endpoint.closedAt = row.closed_at ?? undefined;
      state.endpoints.set(row.handle, endpoint);
      service.endpoints.add(endpoint);
      group.endpoints.add(endpoint);
      const other = byConversation.get(row.conversation_id);
      if (other === undefined) byConversation.set(row.conversation_id, endpoint);
      else {
        other.far = endpoint;
        endpoint.far = other;
      }
      instance.deadlines.set(endpoint, nextDeadline(endpoint));
    }
    this.#loadMessages(instance);
  }

  #loadMessages(instance: BrokerInstance): void {
    const rows = this.#database.prepare('SELECT * FROM broker_messages ORDER BY queuing_order, number').iterate();
    for (const raw of rows) {
      const row = raw as unknown as MessageRow; // our own table, written by `write` above; a check per row would double the start-up time of a full queue
      const state = instance.state(row.database);
      const endpoint = state.endpoints.get(row.handle);
      if (endpoint === undefined) throw new Error(`message ${row.number} belongs to no conversation (${row.handle})`);
      const type = state.messageTypes.get(row.type);
      if (type === undefined) throw new Error(`message ${row.number} is of unknown type ${row.type}`);
      const { number, body, sequence, queuing_order: order, enqueued_at: enqueuedAt, urgency, place } = row;
      const message = new Message(number, endpoint, type, body, sequence, order, enqueuedAt, urgency, place);
      message.status = row.status;
      const { queue } = endpoint.group;
      queue.nextOrder = Math.max(queue.nextOrder, order + 1);
      if (place === 'transmission') {
        endpoint.outbox.push(message);
        state.stuck.add(endpoint);
      } else if (place === 'queue') {
        endpoint.add(message);
        queue.messageCount += 1;
        endpoint.group.refresh(endpoint);
      } else endpoint.retained.push(message);
    }
  }
}
