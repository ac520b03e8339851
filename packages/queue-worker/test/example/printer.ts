/** Thrown when the printer can't be reached. */
export class PrinterAwayError extends Error {
  readonly code = 'PRINTER_AWAY';
  readonly retryable = true;
}

/** Something to print on, over HTTP. */
export interface Printer extends AsyncDisposable {
  print(text: string, signal: AbortSignal): Promise<void>;
  probe(signal: AbortSignal): Promise<void>;
}

/** @throws PrinterAwayError */
export async function connectPrinter(url: string): Promise<Printer> {
  const call = async (init: RequestInit): Promise<void> => {
    const response = await fetch(url, init).catch((cause: unknown) => {
      throw new PrinterAwayError(`${url} doesn't answer.`, { cause });
    });
    if (!response.ok) throw new PrinterAwayError(`${url} answers ${response.status}.`);
  };
  const probe = (signal?: AbortSignal) => call({ method: 'HEAD', ...(signal === undefined ? {} : { signal }) });
  await probe();
  return {
    print: (text, signal) => call({ method: 'POST', body: text, signal }),
    probe,
    [Symbol.asyncDispose]: async () => undefined,
  };
}
