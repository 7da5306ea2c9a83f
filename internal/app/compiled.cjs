// Node.js compiles what it loads each time that it starts. This file keeps the compiled code of jsii and the CDK in the user's cache
// folder, with the functions that were called, which Node.js's own compile cache leaves out.
//
// A script has the code that was compiled from the same text at the same path of its package: V8 itself looks at the length of the
// text only. Code of another V8 is refused by V8.
'use strict';
const fs = require('fs');
const Module = require('module');
const path = require('path');
const vm = require('vm');
const zlib = require('zlib');

const ours = /[\\/](?:jsii-kernel-[^\\/]+[\\/]node_modules|jsii-runtime\.[^\\/]+)[\\/](.+)$/;
const aligned = (n) => Math.ceil(n / 8) * 8; // V8 copies what does not begin at eight bytes

// read gives the code by key; none where a byte of the file is not as it was written.
function read(file) {
  const code = new Map();
  try {
    const all = fs.readFileSync(file);
    const end = all.indexOf('\n') + 1;
    const { sum, list } = JSON.parse(all.toString('utf8', 0, end));
    const body = aligned(end);
    if (zlib.crc32(all.subarray(body)) !== sum) return code;
    let at = body;
    for (const [key, length] of list) {
      code.set(key, all.subarray(at, at + length));
      at += aligned(length);
    }
  } catch {
    code.clear();
  }
  return code;
}

// write writes the file whole or not at all.
function write(file, code) {
  const padded = (b) => Buffer.concat([b], aligned(b.length));
  const body = Buffer.concat([...code.values()].map(padded));
  const list = [...code].map(([key, b]) => [key, b.length]);
  const begun = `${file}.${process.pid}.new`;
  try {
    fs.writeFileSync(begun, Buffer.concat([padded(Buffer.from(`${JSON.stringify({ sum: zlib.crc32(body), list })}\n`)), body]),
      { mode: 0o600 });
    fs.renameSync(begun, file);
  } catch {
    fs.rmSync(begun, { force: true });
  }
}

// keep makes modules take their code from a file, and writes it anew at the end where some was not in it.
exports.keep = (file) => {
  if (!file || !zlib.crc32) return; // Node.js before 22.2
  const code = read(file);
  const scripts = new Map();
  let more = false;
  const compile = Module.prototype._compile;
  Module.prototype._compile = function (content, filename, ...rest) {
    const name = ours.exec(filename);
    if (!name || (rest[0] ?? 'commonjs') !== 'commonjs') return compile.call(this, content, filename, ...rest);
    const key = `${name[1]} ${content.length} ${zlib.crc32(content)}`;
    const script = new vm.Script(Module.wrap(content), { filename, cachedData: code.get(key) });
    more ||= script.cachedDataRejected !== false;
    scripts.set(key, script);
    const require = (id) => this.require(id);
    Object.assign(require, {
      resolve: (id, options) => Module._resolveFilename(id, this, false, options),
      main: process.mainModule, extensions: Module._extensions, cache: Module._cache,
    });
    return script.runInThisContext().call(this.exports, this.exports, require, this, filename, path.dirname(filename));
  };
  process.on('exit', () => {
    if (!more) return;
    for (const [key, script] of scripts) code.set(key, script.createCachedData());
    write(file, code);
  });
};
