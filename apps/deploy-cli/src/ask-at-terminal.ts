import { escapeControls } from '@hartonomous/redaction';

/** Where a question is asked. */
export interface QuestionPlace {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  /** Ends the question without an answer. */
  readonly signal: AbortSignal;
  /** Called at Ctrl-C, which a terminal in the mode for editing gives as a character and not as a signal. */
  readonly onInterrupt: () => void;
  /** @default whether `output` is a terminal */
  readonly isTerminal?: boolean;
}

/**
 * Asks a person.
 *
 * @returns what was typed; nothing where the input ended (Ctrl-D, a closed terminal): that must never count as a yes
 * @throws AbortError when the signal is aborted
 */
export async function askAtTerminal(question: string, place: QuestionPlace): Promise<string> {
  const { input, output, signal, onInterrupt, isTerminal } = place;
  // Most commands ask nothing.
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input, output, ...(isTerminal === undefined ? {} : { terminal: isTerminal }) });
  const ended = Promise.withResolvers<string>();
  const onEnd = () => ended.resolve('');
  // A terminal that is gone fails to be read, once here and then wherever the input is looked at.
  input.on('error', onEnd);
  terminal.once('SIGINT', onInterrupt).once('close', onEnd).on('error', onEnd);
  try {
    return await Promise.race([terminal.question(escapeControls(question), { signal }), ended.promise]);
  } finally {
    terminal.close();
  }
}
