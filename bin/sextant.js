#!/usr/bin/env node
'use strict';
// CommonJS, so that Node from 18 on takes it whatever folder it is linked into.
import('../scripts/launch.mjs')
  .then(({ headlessEntry, runOnPinnedNode }) => runOnPinnedNode(headlessEntry, process.argv.slice(2)))
  .then((code) => {
    process.exitCode = code;
  })
  .catch((error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exitCode = 1;
  });
