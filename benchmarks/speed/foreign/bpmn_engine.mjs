// bpmn-engine as a contestant (see benchmarks/speed/peers.py): the case is recovered from a saved
// state, resumed, its waiting user task signalled, and the state saved with the rows of the step.
//
// Arguments: the folder of its modules, the file of an empty SQLite database, and a file of JSON
// with the procedure (source) and what is filled in at each task in order (way).

import { createHash, randomUUID } from "node:crypto";
import { EventEmitter } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [modules, file, given] = process.argv.slice(2);
const require = createRequire(`${modules}/`);
const { Engine } = require("bpmn-engine");
const database = new (require("better-sqlite3"))(file);
const { source, way } = JSON.parse(readFileSync(given, "utf8"));
const DAY = 86_400_000;

database.pragma("journal_mode = WAL");
database.pragma("synchronous = FULL");
database.exec(`
  CREATE TABLE instance (id INTEGER PRIMARY KEY, version INTEGER, status TEXT, state TEXT, last_seq INTEGER, last_hash TEXT);
  CREATE TABLE history (instance_id INTEGER, seq INTEGER, at TEXT, kind TEXT, element TEXT, details TEXT, payload TEXT,
    hash TEXT, PRIMARY KEY (instance_id, seq));
  CREATE TABLE work_item (id INTEGER PRIMARY KEY, instance_id INTEGER, element TEXT, status TEXT, opened_at TEXT, closed_at TEXT);
  CREATE INDEX ix_work_item_instance_id ON work_item (instance_id, element);
  CREATE TABLE submission (id INTEGER PRIMARY KEY, instance_id INTEGER, work_item_id INTEGER UNIQUE, at TEXT, token TEXT,
    data TEXT);
  CREATE TABLE job (id INTEGER PRIMARY KEY, instance_id INTEGER, work_item_id INTEGER, element TEXT, due TEXT);
  CREATE INDEX ix_job_instance_id ON job (instance_id, work_item_id);
`);

const sql = Object.fromEntries(
  Object.entries({
    start: "INSERT INTO instance (version, status, state, last_seq, last_hash) VALUES (1, 'running', ?, 0, '')",
    read: `SELECT item.id, item.instance_id, item.element, item.status, version, state, last_seq, last_hash
      FROM work_item AS item JOIN instance ON instance.id = item.instance_id WHERE item.id = ?`,
    keep: "UPDATE instance SET version = version + 1, status = ?, state = ?, last_seq = ?, last_hash = ? WHERE id = ? AND version = ?",
    record: "INSERT INTO history VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    open: "INSERT INTO work_item (instance_id, element, status, opened_at) VALUES (?, ?, 'open', ?)",
    close: "UPDATE work_item SET status = 'completed', closed_at = ? WHERE id = ?",
    submit: "INSERT INTO submission (instance_id, work_item_id, at, token, data) VALUES (?, ?, ?, ?, ?)",
    arm: "INSERT INTO job (instance_id, work_item_id, element, due) VALUES (?, ?, ?, ?)",
    disarm: "DELETE FROM job WHERE instance_id = ? AND work_item_id = ?",
    waiting: "SELECT id FROM work_item WHERE instance_id = ? AND status = 'open'",
    status: "SELECT status FROM instance WHERE id = ?",
  }).map(([name, text]) => [name, database.prepare(text)]),
);

const digest = (text) => createHash("sha256").update(text).digest("hex");

// What is filled in becomes output of the case, as the engine's documentation shows.
const extensions = {
  keep(activity, { environment }) {
    activity.on("end", (api) => Object.assign(environment.output, api.content.output), { consumerTag: "_keep" });
  },
};

// An engine that lists the user tasks that begin to wait.
function listening() {
  const waiting = [];
  const listener = new EventEmitter();
  listener.on("activity.wait", (api) => api.type === "bpmn:UserTask" && waiting.push(api));
  return { waiting, listener };
}

function open(instance, task, at) {
  const { lastInsertRowid: item } = sql.open.run(instance, task.id, at.toISOString());
  sql.arm.run(instance, item, task.id, new Date(at.getTime() + DAY).toISOString());
}

async function start() {
  const engine = new Engine({ name: "case", source, extensions });
  const { waiting, listener } = listening();
  await engine.execute({ listener });
  const state = JSON.stringify(await engine.getState());
  await engine.stop();
  return database.transaction(() => {
    const { lastInsertRowid: instance } = sql.start.run(state);
    for (const task of waiting) open(instance, task, new Date());
    return instance;
  })();
}

async function complete(itemId, values) {
  const item = sql.read.get(itemId);
  if (item.status !== "open") throw new Error(`task ${itemId} is closed`);
  const engine = new Engine({ name: "case", extensions });
  engine.recover(JSON.parse(item.state));
  const { waiting, listener } = listening();
  const execution = await engine.resume({ listener });
  const task = waiting.splice(0).find((api) => api.id === item.element);
  task.signal(values);
  const state = JSON.stringify(await execution.getState());
  const ended = !execution.isRunning;
  if (!ended) await engine.stop();
  write(item, values, state, ended, waiting);
}

const write = database.transaction((item, values, state, ended, opened) => {
  const at = new Date();
  const data = JSON.stringify(values);
  const facts = [
    ["task.completed", item.element, "{}", digest(data)],
    ...opened.map((task) => ["task.opened", task.id, "{}", null]),
    ...(ended ? [["instance.completed", null, "{}", null]] : []),
  ];
  let [seq, previous] = [item.last_seq, item.last_hash];
  for (const fact of facts) {
    const entry = [item.instance_id, ++seq, at.toISOString(), ...fact];
    previous = digest(JSON.stringify([...entry, previous]));
    sql.record.run(...entry, previous);
  }
  const kept = sql.keep.run(ended ? "completed" : "running", state, seq, previous, item.instance_id, item.version);
  if (kept.changes !== 1) throw new Error("somebody was quicker");
  sql.close.run(at.toISOString(), item.id);
  sql.disarm.run(item.instance_id, item.id);
  for (const task of opened) open(item.instance_id, task, at);
  sql.submit.run(item.instance_id, item.id, at.toISOString(), randomUUID(), data);
});

async function play(cases) {
  const turn = { completions: 0, seconds: 0, cpu: 0 };
  const started = [];
  while (started.length < cases) started.push(await start());
  for (const instance of started) {
    for (const values of way) {
      const { id } = sql.waiting.get(instance);
      const [wall, cpu] = [performance.now(), process.cpuUsage()];
      await complete(id, values);
      turn.seconds += (performance.now() - wall) / 1e3;
      const spent = process.cpuUsage(cpu);
      turn.cpu += (spent.user + spent.system) / 1e6;
      turn.completions += 1;
    }
    if (sql.status.get(instance).status !== "completed") throw new Error(`case ${instance} goes on`);
  }
  return turn;
}

console.log("{}");
for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(await play(Number(line))));
