import type { MessageType } from './broker-objects.ts';
import type { Endpoint } from './conversation.ts';

/** Where a message is. `gone` = received, dropped, or delivered onwards; it leaves the durable store at commit. */
export type MessagePlace = 'queue' | 'received' | 'sent' | 'transmission' | 'gone';

/** Order inside a conversation: DialogTimer before Error before everything else. */
export type Urgency = 0 | 1 | 2;
export const timerUrgency: Urgency = 0;
export const errorUrgency: Urgency = 1;
export const ordinaryUrgency: Urgency = 2;

/**
 * A message of one side of a conversation. Queues may hold millions: fields are few and flat, and what can be derived
 * (message_id, names, ids) is.
 */
export class Message {
  /** Unique in the instance forever; row id in the durable store, and what message_id is made of. */
  readonly number: number;
  /** The local side: receiver of a queued message, sender of one in transmission. */
  readonly endpoint: Endpoint;
  readonly type: MessageType;
  readonly body: Uint8Array | null;
  /** message_sequence_number. */
  readonly sequence: number;
  /** queuing_order; 0 outside a queue. */
  readonly order: number;
  /** Milliseconds since 1970, UTC. */
  readonly enqueuedAt: number;
  readonly urgency: Urgency;
  place: MessagePlace;
  /** transmission_status; empty outside the transmission queue. */
  status = '';

  constructor(
    number: number,
    endpoint: Endpoint,
    type: MessageType,
    body: Uint8Array | null,
    sequence: number,
    order: number,
    enqueuedAt: number,
    urgency: Urgency,
    place: MessagePlace,
  ) {
    this.number = number;
    this.endpoint = endpoint;
    this.type = type;
    this.body = body;
    this.sequence = sequence;
    this.order = order;
    this.enqueuedAt = enqueuedAt;
    this.urgency = urgency;
    this.place = place;
  }
}

/** A queue of messages with cheap ends; what was taken from the front can be put back. */
export class MessageList {
  #items: (Message | undefined)[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  get first(): Message | undefined {
    return this.#items[this.#head];
  }

  push(message: Message): void {
    this.#items.push(message);
  }

  /** Takes back the latest {@link push}. */
  pop(): void {
    this.#items.pop();
  }

  shift(): Message | undefined {
    const message = this.#items[this.#head];
    if (message === undefined) return undefined;
    this.#items[this.#head] = undefined;
    this.#head += 1;
    // Rarely enough that the copying costs nothing per message, often enough that taken places do not add up.
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return message;
  }

  /** Puts a message back in front. */
  unshift(message: Message): void {
    if (this.#head === 0) {
      // Room for a whole batch that comes back, so that putting back n messages does not move the rest n times.
      const room = Math.max(16, this.#items.length);
      this.#items = new Array<Message | undefined>(room).concat(this.#items);
      this.#head = room;
    }
    this.#head -= 1;
    this.#items[this.#head] = message;
  }

  *[Symbol.iterator](): Generator<Message> {
    for (let index = this.#head; index < this.#items.length; index += 1) {
      const message = this.#items[index];
      if (message !== undefined) yield message;
    }
  }
}

/** Bytes per slab: small bodies share one allocation, because an allocation of its own costs about 200 bytes each. */
const slabBytes = 65_536;
const sharedBodyBytes = 4096;
let slab = new Uint8Array(slabBytes);
let used = 0;

/** A copy of a body that is cheap to keep. A slab is freed when the last body in it is. */
export function keepBody(body: Uint8Array): Uint8Array {
  if (body.length > sharedBodyBytes) return new Uint8Array(body);
  if (used + body.length > slabBytes) {
    slab = new Uint8Array(slabBytes);
    used = 0;
  }
  const kept = slab.subarray(used, used + body.length);
  kept.set(body);
  used += body.length;
  return kept;
}
