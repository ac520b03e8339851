import { expect, test } from 'vitest';
import { commandLineSource } from './command-line-source.ts';
import { environmentSource } from './environment-source.ts';

test.each([
  [{ Neo4j__Uri: 'x' }, { 'Neo4j:Uri': 'x' }],
  [{ 'Neo4j:Uri': 'x' }, { 'Neo4j:Uri': 'x' }],
  [{ Hosts__0__Port: '1' }, { 'Hosts:0:Port': '1' }],
  [{ 'A.B-C': 'x' }, { 'A.B-C': 'x' }],
  [{ A_B: 'x' }, { A_B: 'x' }],
  [{ UNSET: undefined }, {}],
  [
    { SQLCONNSTR_Db: 'Server=x' },
    { 'ConnectionStrings:Db': 'Server=x', 'ConnectionStrings:Db_ProviderName': 'System.Data.SqlClient' },
  ],
  [
    { sqlazureconnstr_Db: 'Server=x' },
    { 'ConnectionStrings:Db': 'Server=x', 'ConnectionStrings:Db_ProviderName': 'System.Data.SqlClient' },
  ],
  [{ CUSTOMCONNSTR_Graph__Main: 'bolt://x' }, { 'ConnectionStrings:Graph:Main': 'bolt://x' }],
  [
    { POSTGRESQLCONNSTR_Db: 'Host=x' },
    { 'ConnectionStrings:Db': 'Host=x', 'ConnectionStrings:Db_ProviderName': 'Npgsql' },
  ],
])('variables %j are the settings %j', (env, expected) => {
  const entries = environmentSource(env).entries.map((entry) => [entry.key, entry.value]);
  expect(Object.fromEntries(entries)).toEqual(expected);
});

test.each([
  [['--Neo4j:Uri', 'x'], { 'Neo4j:Uri': 'x' }],
  [['--Neo4j:Uri=x=y'], { 'Neo4j:Uri': 'x=y' }],
  [['/Neo4j:Uri', 'x'], { 'Neo4j:Uri': 'x' }],
  [['/Neo4j:Uri=x'], { 'Neo4j:Uri': 'x' }],
  [['Neo4j:Uri=x'], { 'Neo4j:Uri': 'x' }],
  [['--A__B', 'x'], { A__B: 'x' }],
  [['--flag', '--A', '1'], { A: '1' }],
  [['-s', 'run', '--A', '1', '--A', '2'], { A: '2' }],
  [['--A='], { A: '' }],
  [['--last'], {}],
])('command line %j is the settings %j', (args, expected) => {
  const entries = commandLineSource(args).entries.map((entry) => [entry.key, entry.value]);
  expect(Object.fromEntries(entries)).toEqual(expected);
});
