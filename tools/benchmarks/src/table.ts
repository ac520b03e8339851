import type { TableRow } from './results.ts';

const headings = ['name', 'value', 'unit', 'ratio', 'ratioTo', 'min - max', 'note'] as const;
/** Columns of numbers, which line up at their right. */
const rightAligned: ReadonlySet<number> = new Set([1, 3, 5]);

/** A number with about three telling digits: 12,345 or 12.3 or 0.0123. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const digits = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
  const decimals = Math.min(6, Math.max(0, 2 - digits));
  return value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

function cells(row: TableRow): readonly string[] {
  const spread =
    row.samples.length > 1
      ? `${formatNumber(Math.min(...row.samples))} - ${formatNumber(Math.max(...row.samples))}`
      : '';
  return [
    row.name,
    formatNumber(row.value),
    row.unit,
    row.ratio === null ? '' : formatNumber(row.ratio),
    row.ratioTo ?? '',
    spread,
    row.note,
  ];
}

/** The results as a text table, one line each. */
export function formatTable(rows: readonly TableRow[]): string {
  const lines = [headings, ...rows.map(cells)];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const format = (line: readonly string[]): string =>
    line
      .map((cell, column) =>
        rightAligned.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const [heading, ...rest] = lines.map(format);
  return [heading, widths.map((width) => '-'.repeat(width)).join('  '), ...rest].join('\n');
}
