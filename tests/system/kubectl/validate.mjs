// Validates objects by the published schemas: the validators of the npm package kubernetes-models, which are generated
// from the OpenAPI specification of Kubernetes. node validate.mjs <objects.json> <folder node_modules>
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const [file, modules] = process.argv.slice(2);
const require = createRequire(resolve(modules, 'x.js'));
try {
  require.resolve('kubernetes-models/apps/v1/Deployment');
} catch {
  console.log('skipped: no kubernetes-models in ' + modules);
  process.exit(0);
}
let wrong = 0;
const objects = JSON.parse(readFileSync(file, 'utf8'));
for (const object of objects) {
  const model = require(`kubernetes-models/${object.apiVersion}/${object.kind}`)[object.kind];
  try {
    new model(object).validate();
  } catch (error) {
    ++wrong;
    console.log(`${object.kind} ${object.metadata?.name}: ${error.message}\n${JSON.stringify(object)}`);
  }
}
console.log(`${objects.length} objects, ${wrong} wrong`);
process.exit(wrong === 0 ? 0 : 1);
