import type { FieldCases } from './field-case.ts';

const annOslo = { name: 'Ann', city: 'Oslo' };
const bobRome = { name: 'Bob', city: 'Rome' };

export const tableCases: FieldCases = {
  'csv-01-sep-line.csv': { rows: [annOslo, bobRome] },
  'csv-01b-sep-comma.csv': { rows: [{ id: '11', first_name: 'Rob' }] },
  'csv-01d-sep-tab.csv': { rows: [annOslo] },
  'csv-02-pandas-index.csv': {
    rows: [
      { 'column 1': '0', ...annOslo },
      { 'column 1': '1', ...bobRome },
    ],
  },
  'csv-02b-trailing-delimiter.csv': {
    rows: [
      { ...annOslo, 'column 3': '' },
      { ...bobRome, 'column 3': '' },
    ],
  },
  'csv-02c-year-columns.csv': {
    rows: [
      { country: 'Norway', '2019': '5.3', '2020': '5.4' },
      { country: 'Iceland', '2019': '0.36', '2020': '0.37' },
    ],
  },
  'csv-02d-duplicate-names.csv': {
    rows: [
      { id: '1', amount: '10', 'amount (2)': '20' },
      { id: '2', amount: '11', 'amount (2)': '21' },
    ],
  },
  'csv-03-decimal-comma-no-header.csv': {
    rows: [
      { 'column 1': '1,5', 'column 2': '2,5', 'column 3': '3,5' },
      { 'column 1': '4,5', 'column 2': '5,5', 'column 3': '6,5' },
    ],
  },
  'csv-03b-commas-in-header.csv': {
    rows: [
      {
        'SKU (required, unique)': '15',
        'Name (100 chars or less, required)': 'Santa test',
        'Price (number, required)': '90.0',
      },
      {
        'SKU (required, unique)': '16',
        'Name (100 chars or less, required)': 'Corbata',
        'Price (number, required)': '80.0',
      },
    ],
  },
  'csv-03c-semicolons-in-one-name.csv': {
    rows: [{ id: '1', 'dates; list': '01/04;02/04', 'note; text; more': 'x' }],
  },
  'csv-04-preamble.csv': {
    has: ['Account statement, all accounts'],
    rows: [
      { Date: '01.02.2026', Amount: '-12,50', Text: 'Coffee' },
      { Date: '02.02.2026', Amount: '100,00', Text: 'Salary' },
    ],
  },
  'csv-04b-title-line.csv': { has: ['Report generated 2026-01-02'], rows: [annOslo, bobRome] },
  'csv-05-tsv-quotes.tsv': {
    rows: [
      { id: '1', title: '"Weird Al" Yankovic' },
      { id: '2', title: '5" pipe' },
      { id: '3', title: '"open quote' },
      { id: '4', title: 'plain' },
      { id: '5', title: 'ends here"' },
      { id: '6', title: 'last' },
    ],
  },
  'csv-05c-csv-one-quote.csv': [{ contains: ['1,a', 'c', 'd'] }, { refused: 'FILE_BROKEN' }],
  'csv-05d-csv-inch.csv': { rowCount: 3 },
  'csv-06-backslash-quotes.csv': {
    rows: [
      { name: 'Foo "Bar", Inc', note: 'Baz' },
      { name: 'x', note: 'y' },
    ],
  },
  'csv-06b-backslash-odd.csv': { rowCount: 4 },
  'csv-07-bom-crlf-in-quotes.csv': {
    rows: [
      { name: 'Ann', note: 'line 1\r\nline 2' },
      { name: 'Bob', note: 'ok' },
    ],
  },
  'csv-08-utf16-excel.csv': { rows: [{ name: 'Zoë', city: 'Ålesund' }] },
  'csv-08b-utf16-nobom.csv': { rows: [{ name: 'Zoë', city: 'Ålesund' }] },
  'csv-09-cr-only.csv': { rows: [annOslo, bobRome], lines: [1, 2, 3] },
  'csv-10-nul-in-head.csv': [
    {
      rows: [
        { name: 'Ann', code: 'A\0\0' },
        { name: 'Bob', code: 'B' },
      ],
    },
    {
      rows: [
        { name: 'Ann', code: 'A' },
        { name: 'Bob', code: 'B' },
      ],
    },
  ],
  'csv-10b-nul-later.csv': { rowCount: 2001 },
  'csv-11-filemaker-vt.csv': { rowCount: 5, contains: ['Main St 1\x0bOslo\x0bNorway'] },
  'csv-12-ragged.csv': {
    rows: [
      { a: '1', b: '2' },
      { a: '1', b: '2', c: '3', 'column 4': '4' },
      { a: '5', b: '6', c: '7' },
    ],
  },
  'csv-14-cp1252.csv': { rows: [{ Prénom: 'Zoé', Ville: 'Orléans' }] },
  'csv-16-crlf-at-64k.csv': { rowCount: 2, counts: { 'csv-blank': 0 } },
  'csv-18-quoted-newline-cr-at-64k.csv': { rowCount: 2 },
  'csv-19-name-collision.csv': { rows: [{ a: '1', 'column 3': '2', b: '3', 'column 4': '4' }] },
  'csv-20-multi-header.csv': { contains: ['Region', 'Sales', '2019', '2020', 'North'], counts: { 'csv-blank': 0 } },
  'csv-21-only-header-words.csv': { contains: ['alpha', 'gamma'] },
  'csv-22-pipe-psv.psv': { contains: ['Ann|Oslo'] },
  'csv-23-quoted-header-semicolon.csv': { rows: [{ Name: 'Ann', 'Total, net': '1', 'Total, gross': '2' }] },
  'json-01-lines.json': { counts: { 'json-record': 2 }, has: ['first', 'second'] },
  'json-01c-tsconfig.json': { contains: ['// the usual', 'compilerOptions'] },
  'json-01d-text-sequence.json': [{ has: ['1', '2'] }, { contains: ['{"id":1}'] }, { counts: { chunk: 1 } }],
  'json-02-nan.json': [{ contains: ['kept?', 'NaN'] }, { refused: 'FILE_BROKEN', message: 'line 1, column 10' }],
  'json-02b-nan.jsonl': [{ has: ['{"a": 1}', '{"a": 3}'] }, { refused: 'FILE_BROKEN', message: 'line 2' }],
  'json-02c-bad-line.jsonl': [{ has: ['{"a": 1}', '{"a": 3}'] }, { refused: 'FILE_BROKEN', message: 'line 2' }],
  'json-03-duplicate-keys.json': { counts: { 'json-value': 3 } },
  'json-04-bom.json': { has: ['é'] },
  'json-04b-utf16.json': { has: ['é'] },
  'json-04c-bom.jsonl': { counts: { 'json-record': 2 } },
  'json-05-surrogates.json': { has: ['😀', 'é中'], counts: { 'json-value': 4 } },
  'json-06-raw-newline.json': [{ contains: ['one', 'two'] }, { refused: 'FILE_BROKEN' }],
  'json-07-trailing-comma.json': [{ contains: ['1', '2'] }, { refused: 'FILE_BROKEN' }],
  'json-09-numbers.json': { has: ['9007199254740993', '1E400', '123456789012345678901234567890.123456789'] },
  'json-10-nul-escape.json': { has: ['x\0y'] },
  'json-11-cp1252.json': { has: ['Zoé'] },
  'json-12-empty.json': { blocks: [] },
  'json-13-long-key.json': { counts: { 'json-value': 1 } },
  'json-14-crlf.jsonl': { counts: { 'json-record': 2 } },
  'json-15-cr-only.jsonl': { counts: { 'json-record': 2 } },
  'json-16-ls-in-line.jsonl': { counts: { 'json-record': 2 } },
};
