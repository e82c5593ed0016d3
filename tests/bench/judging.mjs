// Microseconds that node takes to parse and judge one event with ajv, all errors collected.
import { readFileSync } from "node:fs";
import addFormats from "ajv-formats";
import Ajv from "ajv/dist/2020.js";

const { body, schema, calls } = JSON.parse(readFileSync(0, "utf8"));
const ajv = new Ajv({ allErrors: true, strict: false });
addFormats(ajv);
const judge = ajv.compile(schema);

const run = (times) => {
  for (let call = 0; call < times; call += 1) judge(JSON.parse(body));
};

run(calls); // the compiler warms up, as it does in a server
const start = process.hrtime.bigint();
run(calls);
console.log(Number(process.hrtime.bigint() - start) / calls / 1000);
