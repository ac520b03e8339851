/** A sample of a metric. */
export interface PrometheusSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a metrics page says, by the name of the sample (a histogram has `_bucket`, `_sum` and `_count`). */
export class PrometheusPage {
  readonly types = new Map<string, string>();
  readonly #samples = new Map<string, PrometheusSample[]>();

  /**
   * Reads the text format of Prometheus, version 0.0.4.
   * @throws Error for a line that isn't one, a name without a type, and a sample that comes twice
   */
  constructor(text: string) {
    const seen = new Set<string>();
    for (const line of text.split('\n').filter((each) => each !== '')) {
      const type = /^# TYPE ([a-zA-Z_:][\w:]*) (counter|gauge|histogram|summary|untyped)$/.exec(line);
      if (type?.[1] !== undefined && type[2] !== undefined) this.types.set(type[1], type[2]);
      if (line.startsWith('#')) continue;
      const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
      if (sample === null) throw new Error(`Not a line of the Prometheus text format: ${line}`);
      const [, name = '', labels = '', value = ''] = sample;
      if (!this.types.has(name) && this.types.get(name.replace(/_(bucket|sum|count)$/, '')) !== 'histogram') {
        throw new Error(`A sample before its type: ${line}`);
      }
      if (seen.has(`${name}{${labels}}`)) throw new Error(`A sample that comes twice: ${line}`);
      seen.add(`${name}{${labels}}`);
      this.#samples.set(name, [...this.samples(name), { labels: labelsOf(labels), value: numberOf(value) }]);
    }
  }

  samples(name: string): readonly PrometheusSample[] {
    return this.#samples.get(name) ?? [];
  }

  names(): readonly string[] {
    return [...this.#samples.keys()];
  }

  /** The sum of the samples that have these labels; undefined when there is none. */
  value(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
    const found = this.samples(name).filter((sample) =>
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    );
    return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
  }
}

function labelsOf(text: string): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  let rest = text;
  while (rest !== '') {
    const label = /^([a-zA-Z_]\w*)="((?:[^"\\]|\\["\\n])*)"(?:,|$)/.exec(rest);
    if (label?.[1] === undefined) throw new Error(`Not labels of the Prometheus text format: ${text}`);
    labels[label[1]] = (label[2] ?? '').replace(/\\(["\\n])/g, (_, escaped) => (escaped === 'n' ? '\n' : escaped));
    rest = rest.slice(label[0].length);
  }
  return labels;
}

function numberOf(text: string): number {
  const value = Number(text.replace(/^([+-]?)Inf$/, '$1Infinity'));
  if (Number.isNaN(value) && text !== 'NaN') throw new Error(`Not a number of the Prometheus text format: ${text}`);
  return value;
}
