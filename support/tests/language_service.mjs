// Asks the engine of the official Cucumber extension, as VS Code would with our settings: which steps it does not know, and what it offers.
// Arguments: the package's folder, the repository, its .vscode/settings.json. Prints one JSON object.
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { pathToFileURL } from "node:url";

const [packageFolder, root, settingsPath, ...files] = process.argv.slice(2);
const service = await import(pathToFileURL(`${packageFolder}/dist/esm/src/index.js`));
const { WasmParserAdapter } = await import(pathToFileURL(`${packageFolder}/dist/esm/src/tree-sitter-wasm/WasmParserAdapter.js`));

const settings = JSON.parse(readFileSync(settingsPath, "utf8"));
const adapter = new WasmParserAdapter(`${packageFolder}/dist`);
await adapter.init();

const sources = files
  .filter((file) => file.endsWith(".py"))
  .map((file) => ({ languageName: "python", uri: String(pathToFileURL(file)), content: readFileSync(file, "utf8") }));
const built = new service.ExpressionBuilder(adapter).build(sources, settings["cucumber.parameterTypes"]);
const expressions = built.expressionLinks.map((link) => link.expression);
const suggestions = service.buildSuggestions(built.registry, [], expressions);
const index = service.jsSearchIndex(suggestions);

const undefinedSteps = [];
for (const file of files.filter((name) => name.endsWith(".feature"))) {
  for (const diagnostic of service.getGherkinDiagnostics(readFileSync(file, "utf8"), expressions)) {
    undefinedSteps.push(`${relative(root, file)}:${diagnostic.range.start.line + 1}: ${diagnostic.message}`);
  }
}

const typed = "Feature: x\n  Scenario: x\n    Given ";
const offered = new Set();
for (const suggestion of suggestions) {
  const begun = `${typed}${knownWords(suggestion.label)}`;
  const position = { line: 2, character: begun.length - typed.lastIndexOf("\n") - 1 };
  for (const item of service.getGherkinCompletionItems(begun, position, index)) offered.add(item.label);
}

// What an author who knows the phrase types: the longest words of it that are always the same.
function knownWords(label) {
  const words = label.split(/\{[^}]*\}/).map((part) => part.split("/")[0].trim());
  return words.reduce((longest, part) => (part.length > longest.length ? part : longest));
}

console.log(
  JSON.stringify({
    phrases: expressions.map((expression) => expression.source),
    errors: built.errors.map((error) => error.message),
    undefinedSteps,
    offered: [...offered],
    suggested: suggestions.map((suggestion) => suggestion.label),
  }),
);
