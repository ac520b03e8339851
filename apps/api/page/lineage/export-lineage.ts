import type { LineageGraph } from './lineage-graph.ts';
import { nodeSize, placeNodes } from './place-nodes.ts';

/** The drawn part of a lineage as JSON. */
export function lineageJson(graph: LineageGraph): string {
  const rests = [...graph.rests.values()].map(({ of, direction, left }) => ({ of, direction, left }));
  const { rootId: root } = graph;
  return JSON.stringify(
    { root, atoms: [...graph.nodes.values()], edges: [...graph.edges.values()], notDrawn: rests },
    null,
    2,
  );
}

/** Its edges as CSV, one a line; a lineage without edges has the atom alone. */
export function lineageCsv(graph: LineageGraph): string {
  const cell = (text: string) => {
    // What begins like a formula is one to a spreadsheet.
    const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d+$/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const atom = (id: string) => {
    const node = graph.nodes.get(id);
    return [id, node?.atomType ?? '', node?.preview ?? ''];
  };
  const rows = [...graph.edges.values()].map(({ type, childId, parentId }) => [
    type,
    ...atom(childId),
    ...atom(parentId),
  ]);
  const all = [['type', 'child', 'childType', 'childText', 'parent', 'parentType', 'parentText'], ...rows];
  if (rows.length === 0) all.push(['', ...atom(graph.rootId), '', '', '']);
  return all.map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');
}

/** The drawing as SVG, black on white. */
export function lineageSvg(graph: LineageGraph): string {
  const places = placeNodes(graph);
  const { width, height } = nodeSize;
  const xs = [...places.values()].map(({ x }) => x);
  const ys = [...places.values()].map(({ y }) => y);
  const [left, top] = [Math.min(...xs) - width, Math.min(...ys) - height];
  const size = [Math.max(...xs) + width - left, Math.max(...ys) + height - top];
  const at = (id: string) => places.get(id) ?? { x: 0, y: 0 };
  const line = (from: string, to: string, dash: string) => {
    const [one, other] = [at(from), at(to)];
    const [x1, x2] = [one.x + width / 2, other.x - width / 2];
    const middle = (x1 + x2) / 2;
    return `<path d="M${x1} ${one.y}C${middle} ${one.y} ${middle} ${other.y} ${x2} ${other.y}" fill="none" stroke="#57606a"${dash}/>`;
  };
  const box = (id: string, texts: readonly string[], stroke: string) => {
    const { x, y } = at(id);
    const lines = texts.map(
      (text, index) =>
        `<text x="${x}" y="${y + (index - (texts.length - 1) / 2) * 14 + 4}" text-anchor="middle">${escaped(text)}</text>`,
    );
    const rect = `<rect x="${x - width / 2}" y="${y - height / 2}" width="${width}" height="${height}" rx="6" fill="#fff" stroke="${stroke}"/>`;
    return `${rect}${lines.join('')}`;
  };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${left} ${top} ${size.join(' ')}" font-family="sans-serif" font-size="11">`,
    ...[...graph.edges.values()].map(({ parentId, childId, type }) =>
      line(parentId, childId, type === 'DERIVED_FROM' ? '' : ' stroke-dasharray="4 3"'),
    ),
    ...[...graph.nodes.values()].map(({ id, atomType, preview }) =>
      box(
        id,
        [`${atomType ?? 'placeholder'} ${id}`, (preview ?? '').slice(0, 24)],
        id === graph.rootId ? '#0550ae' : '#8c959f',
      ),
    ),
    ...[...graph.rests].map(([key, { left: more }]) => box(key, [`and ${more} more`], '#8c959f')),
    '</svg>',
  ].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
