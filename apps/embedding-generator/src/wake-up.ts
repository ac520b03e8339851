import type { BatchHandler, DeadLetter } from '@hartonomous/broker-client';
import { embeddingQueue, isLastOfDialog, messageRetries } from '@hartonomous/provenance-schema';

/**
 * The handler of wake-ups: what they say is that they came. Commits before any work is begun. Messages of another type are put
 * among the dead letters.
 *
 * @param wake called when at least one has come
 */
export function wakeUpHandler(wake: () => void): BatchHandler {
  return async (batch, { signal }) => {
    const over = batch.messages
      .filter(({ body }) => isLastOfDialog(body))
      .map(({ conversationHandle }) => conversationHandle);
    if (batch.systemMessages.length + over.length > 0) {
      await batch.keepErrors(messageRetries, await batch.endFinishedConversations({ signal }, over), { signal });
    }
    const { messageType, deadLetters } = embeddingQueue;
    const strangers = batch.messages.filter(({ messageTypeName }) => messageTypeName !== messageType);
    if (strangers.length > 0) {
      const letters = strangers.map((message): DeadLetter => {
        const reasonText = `${message.messageTypeName} is not a message type of this queue. Send ${messageType}.`;
        return { message, reasonCode: 'UNEXPECTED_MESSAGE_TYPE', reasonText };
      });
      await batch.deadLetter(deadLetters, letters, { signal });
    }
    await batch.commit();
    if (batch.messages.length > strangers.length) wake();
  };
}
