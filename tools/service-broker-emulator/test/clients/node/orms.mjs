// What the ORMs of Node do with the emulator, one at a time: one JSON line per finding. Run in the folder they are installed in.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.cwd(), 'package.json'));
const [client, portText, password] = process.argv.slice(2);
const port = Number(portText);
const found = (name, value) => console.log(JSON.stringify({ name, value }));
const options = { encrypt: true, trustServerCertificate: true };

async function sequelize() {
  const { Sequelize, DataTypes } = require('sequelize');
  const db = new Sequelize('App', 'sa', password, {
    dialect: 'mssql',
    host: '127.0.0.1',
    port,
    logging: false,
    dialectOptions: { options },
  });
  const User = db.define('User', {
    name: { type: DataTypes.STRING(50), unique: true },
    born: DataTypes.DATE,
    score: DataTypes.DECIMAL(9, 2),
  });
  const Post = db.define('Post', { title: DataTypes.STRING });
  Post.belongsTo(User);
  User.hasMany(Post);
  await db.sync();
  await db.sync();
  await User.create({ name: 'a', born: new Date(0), score: 1.5, Posts: [{ title: 't' }] }, { include: [Post] });
  const [user] = await User.findAll({ include: [Post], order: [['name', 'ASC']], limit: 1 });
  found('posts', user.Posts.length);
  found('columns', Object.keys(await db.getQueryInterface().describeTable('Users')).length);
  await db.transaction(async (transaction) => {
    await Post.create({ title: 'x' }, { transaction });
  });
  found('after a transaction', await Post.count());
  await db.drop();
  await db.close();
}

async function typeorm() {
  const { DataSource, EntitySchema } = require('typeorm');
  const Author = new EntitySchema({
    name: 'Author',
    columns: {
      id: { type: 'int', primary: true, generated: true },
      name: { type: 'nvarchar', length: 50, unique: true },
      at: { type: 'datetime2', createDate: true },
    },
    relations: { books: { type: 'one-to-many', target: 'Book', inverseSide: 'author' } },
  });
  const Book = new EntitySchema({
    name: 'Book',
    columns: {
      id: { type: 'uniqueidentifier', primary: true, generated: 'uuid' },
      title: { type: 'nvarchar' },
      price: { type: 'decimal', precision: 9, scale: 2, default: 1 },
    },
    relations: { author: { type: 'many-to-one', target: 'Author', inverseSide: 'books', onDelete: 'CASCADE' } },
  });
  const source = new DataSource({
    type: 'mssql',
    host: '127.0.0.1',
    port,
    username: 'sa',
    password,
    database: 'App',
    entities: [Author, Book],
    options,
    extra: { trustServerCertificate: true },
  });
  await source.initialize();
  await source.synchronize();
  await source.synchronize();
  const author = await source.getRepository('Author').save({ name: 'x' });
  await source.getRepository('Book').save({ title: 't', author });
  const [read] = await source.getRepository('Author').find({ relations: { books: true }, take: 1 });
  found('books', read.books.length);
  await source.getRepository('Author').delete({ name: 'x' });
  found('after a cascade', await source.getRepository('Book').count());
  await source.destroy();
}

async function knex() {
  const db = require('knex')({
    client: 'mssql',
    connection: { server: '127.0.0.1', port, user: 'sa', password, database: 'App', options },
  });
  await db.schema.createTable('kx', (table) => {
    table.increments('id');
    table.string('name', 40).notNullable().unique();
    table.timestamps(true, true);
  });
  await db.schema.alterTable('kx', (table) => {
    table.integer('n').defaultTo(5);
    table.index(['n']);
  });
  await db.schema.alterTable('kx', (table) => {
    table.renameColumn('n', 'm');
  });
  found('returned', await db('kx').insert({ name: 'a' }).returning('id'));
  await db('kx').insert([{ name: 'b' }, { name: 'c' }]);
  found('rows', (await db('kx').where('m', 5).orderBy('id').limit(2).offset(1)).length);
  found('has the column', await db.schema.hasColumn('kx', 'm'));
  await db.destroy();
}

await { sequelize, typeorm, knex }[client]();
process.exit();
