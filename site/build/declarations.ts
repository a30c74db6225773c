// What the doors of the library export, as the reference shows it: every declaration with its doc comment, its signature, its members, and the types that
// its signatures name. The compiler reads the sources; nothing is type-checked, which makes it quick enough for a test on every change.

import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';

/** Code in pieces: text, and names that stand for a declaration. */
export type Code = readonly (string | { readonly text: string; readonly of: Declaration })[];

/** A doc comment: its text in Markdown, and its tags. */
export interface Doc {
  readonly text: string;
  readonly params: readonly (readonly [name: string, text: string])[];
  readonly returns: string;
  readonly throws: readonly string[];
  readonly examples: readonly string[];
}

export interface Member {
  readonly name: string;
  readonly code: Code;
  readonly doc: Doc;
}

export interface Declaration {
  readonly name: string;
  readonly kind: 'function' | 'class' | 'constant' | 'type';
  /** Its signature with what is said of it; of a function that can be called in several ways each of them. */
  readonly forms: readonly { readonly code: Code; readonly doc: Doc }[];
  readonly members: readonly Member[];
  /** Whether programs can import it by its name; the others are only named by signatures. */
  readonly isExported: boolean;
}

/** A door: what is imported from `unrolled/NAME`. */
export interface Door {
  /** What a program writes to import from it, such as `unrolled/core`. */
  readonly specifier: string;
  /** Its file, from the root of the repository. */
  readonly source: string;
  /** The comment that opens the file. */
  readonly about: string;
  /** What it exports, and no door before it, in alphabetical order; then the types that their signatures name. */
  readonly declarations: readonly Declaration[];
}

export interface Reference {
  readonly doors: readonly Door[];
  /** One line for every declaration and every member that has no doc comment. */
  readonly undocumented: readonly string[];
}

/** The doors by `exports` of package.json; the script of a worker exports nothing. */
export function doorsOf(root: string): { specifier: string; source: string }[] {
  const { name, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.entries<{ default: string }>(exports)
    .filter(([path]) => !/\.json$/.test(path))
    .map(([path, { default: file }]) => ({
      specifier: name + path.slice(1),
      source: file.replace(/^\.\/dist\//, 'src/').replace(/\.js$/, '.ts'),
    }));
}

/** The longest signature that stands on one line. */
const maxLine = 88;

/**
 * Reads the doors.
 * @param root the folder of package.json
 * @param withLibraries whether types without a written form are found out too, for which every file and the types of JavaScript's own library are read;
 *   else they are shown as far as they can be told
 */
export function readReference(root: string, withLibraries = true): Reference {
  const doors = doorsOf(root);
  const options: ts.CompilerOptions = {
    ...{ target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, strict: true, types: [], noEmit: true },
    ...{ lib: ['lib.es2023.d.ts'], noLib: !withLibraries },
  };
  const host = ts.createCompilerHost(options);
  // only what lies in src/ is read: no package has a part in the declarations, and in those that are written out no file that only computes has one
  host.resolveModuleNameLiterals = (names, from, _redirected, _options, file) =>
    names.map((name) => {
      const { text } = name;
      const resolvedFileName = resolve(dirname(from), text);
      const isFile = /^\..*\.ts$/.test(text) && (withLibraries || bringsTypes(file, name));
      return { resolvedModule: isFile ? { resolvedFileName, extension: '.ts' } : undefined };
    });
  const program = ts.createProgram({ rootNames: doors.map(({ source }) => join(root, source)), options, host });
  const checker = program.getTypeChecker();
  const undocumented: string[] = [];
  const known = new Map<ts.Symbol, Declaration>();
  const original = (symbol: ts.Symbol): ts.Symbol =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const isOurs = (node: ts.Node): boolean =>
    node.getSourceFile().fileName.startsWith(join(root, 'src').replaceAll('\\', '/'));
  /** Types that a signature names and no door has shown yet. */
  let named: ts.Symbol[] = [];

  const pieceOf = (node: ts.Identifier): Code[number] => {
    const symbol = checker.getSymbolAtLocation(node);
    const target = symbol && original(symbol);
    const declared = target?.declarations?.[0];
    if (!target || !declared || !isOurs(declared) || !isShown(declared)) return node.text;
    named.push(target);
    return {
      text: node.text,
      get of() {
        return known.get(target)!;
      },
    };
  };

  /** The source of a type, its names as pieces. What is computed from a value, such as `keyof typeof table`, is written out. */
  const codeOf = (node: ts.TypeNode): Code => {
    if (!ts.isTypeLiteralNode(node) && /\btypeof\b|\bReturnType\b/.test(node.getText()))
      return [checker.typeToString(checker.getTypeFromTypeNode(node), undefined, typeFormat)];
    const text = node.getSourceFile().text;
    const pieces: Code[number][] = [];
    let from = node.getStart();
    const visit = (child: ts.Node): void => {
      const name =
        ts.isTypeReferenceNode(child) && ts.isIdentifier(child.typeName)
          ? child.typeName
          : ts.isExpressionWithTypeArguments(child) && ts.isIdentifier(child.expression)
            ? child.expression
            : undefined;
      if (name) {
        pieces.push(text.slice(from, name.getStart()), pieceOf(name));
        from = name.getEnd();
      }
      ts.forEachChild(child, visit);
    };
    visit(node);
    const column = ts.getLineAndCharacterOfPosition(node.getSourceFile(), lineStart(node)).character;
    const indent = new RegExp(`\n {0,${column}}`, 'g');
    return [...pieces, text.slice(from, node.getEnd())].map((piece) =>
      typeof piece === 'string' ? piece.replaceAll(indent, '\n').replaceAll(/\breadonly (?=\w+\??:)/g, '') : piece,
    );
  };
  /** Where the text of the line of a node begins. */
  const lineStart = (node: ts.Node): number => {
    const { text } = node.getSourceFile();
    const line = text.lastIndexOf('\n', node.getStart()) + 1;
    return line + /^ */.exec(text.slice(line))![0].length;
  };
  const typeOf = (node: ts.Node & { readonly type?: ts.TypeNode }): Code =>
    node.type ? codeOf(node.type) : [checker.typeToString(checker.getTypeAtLocation(node), undefined, typeFormat)];

  /** The parameters and the result of a function. */
  const callOf = (node: ts.SignatureDeclaration, name: string, doc: Doc, arrow = ': '): Code => {
    const generics = node.typeParameters ? [`<${node.typeParameters.map((one) => one.getText()).join(', ')}>`] : [];
    const parameters = node.parameters.map((one, i): Code => {
      const isNamed = ts.isIdentifier(one.name);
      const word = isNamed ? one.name.getText() : (doc.params[i]?.[0] ?? 'options');
      const given = one.initializer?.getText();
      const mark = one.questionToken || (given !== undefined && !(isNamed && given.length < 24)) ? '?' : '';
      const value = given !== undefined && mark === '' ? ` = ${given}` : '';
      return [
        `${one.dotDotDotToken ? '...' : ''}${word}${mark}`,
        ...(one.type ? [': ', ...codeOf(one.type)] : []),
        value,
      ];
    });
    const result: Code = ts.isConstructorDeclaration(node)
      ? []
      : node.type
        ? [arrow, ...codeOf(node.type)]
        : [
            arrow,
            checker.typeToString(checker.getSignatureFromDeclaration(node)!.getReturnType(), undefined, typeFormat),
          ];
    const flat = parameters.flatMap((one, i) => (i === 0 ? one : [', ', ...one]));
    const line = [name, ...generics, '(', ...flat, ')', ...result];
    if (lengthOf(line) <= maxLine || parameters.length === 0) return line;
    return [name, ...generics, '(\n', ...parameters.flatMap((one) => ['  ', ...indented(one), ',\n']), ')', ...result];
  };

  const memberOf = (
    node: ts.TypeElement | ts.ClassElement,
    owner: string,
    inherited?: ts.Symbol,
  ): Member | undefined => {
    const isHidden = ts.getCombinedModifierFlags(node) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected);
    if (isHidden || (node.name && ts.isPrivateIdentifier(node.name)) || isInternal(node)) return undefined;
    if (ts.isClassStaticBlockDeclaration(node) || ts.isSemicolonClassElement(node)) return undefined;
    const isStatic = ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Static ? 'static ' : '';
    const name = ts.isConstructorDeclaration(node) ? 'constructor' : (node.name?.getText() ?? '');
    let doc = docOf(node);
    const above = inherited?.declarations?.map(docOf).find(isWritten);
    if (!isWritten(doc) && above) doc = above;
    if (!isWritten(doc)) undocumented.push(`${owner}.${name || node.getText().split(':')[0]}`);
    const optional = 'questionToken' in node && node.questionToken ? '?' : '';
    const code: Code =
      ts.isMethodSignature(node) || ts.isMethodDeclaration(node)
        ? callOf(node, `${isStatic}${name}${optional}`, doc)
        : ts.isConstructorDeclaration(node)
          ? callOf(node, `new ${owner.split('.').at(-1)}`, doc)
          : ts.isCallSignatureDeclaration(node) || ts.isConstructSignatureDeclaration(node)
            ? callOf(node, ts.isConstructSignatureDeclaration(node) ? 'new ' : '', doc)
            : ts.isIndexSignatureDeclaration(node)
              ? [`[${node.parameters[0].getText()}]: `, ...codeOf(node.type)]
              : [`${isStatic}${name}${optional}: `, ...typeOf(node as ts.PropertySignature), shapeBehind(node)];
    if ('type' in node && node.type) literalsIn(node.type as ts.TypeNode, `${owner}.${name}`);
    return { name, code, doc };
  };

  /** The comment behind a property, on its line, such as `// [T, B]`. */
  const shapeBehind = (node: ts.Node): string => {
    const { text } = node.getSourceFile();
    const [comment] = /^[ ;]*\/\/[^\n]*/.exec(text.slice(node.getEnd())) ?? [''];
    return comment.replace(/^[ ;]*/, comment ? '  ' : '');
  };

  /** The members of types that are written within others have doc comments too, which their code shows. */
  const literalsIn = (node: ts.Node, owner: string): void => {
    if (ts.isTypeLiteralNode(node))
      for (const member of node.members)
        if (member.name && !isWritten(docOf(member))) undocumented.push(`${owner}.${member.name.getText()}`);
    ts.forEachChild(node, (child) => literalsIn(child, owner));
  };

  const membersOf = (node: ts.ClassDeclaration | ts.InterfaceDeclaration, owner: string): Member[] => {
    const above = (node.heritageClauses ?? []).flatMap(({ types }) =>
      types.map((type) => checker.getTypeAtLocation(type)),
    );
    const seen = new Set<string>(); // a getter with its setter is one
    return [...node.members].flatMap((member) => {
      const name = member.name?.getText();
      if (name !== undefined && (ts.isAccessor(member) || ts.isMethodDeclaration(member))) {
        if (seen.has(name)) return [];
        seen.add(name);
      }
      const inherited = name === undefined ? undefined : above.map((type) => type.getProperty(name)).find(Boolean);
      return memberOf(member, owner, inherited) ?? [];
    });
  };

  const declare = (symbol: ts.Symbol, name: string, isExported: boolean): Declaration => {
    const [node] = symbol.declarations!;
    const documented = (one: ts.Node): Doc => {
      const doc = docOf(one);
      if (!isWritten(doc)) undocumented.push(name);
      return doc;
    };
    const generics = (one: { readonly typeParameters?: ts.NodeArray<ts.TypeParameterDeclaration> }): string =>
      one.typeParameters ? `<${one.typeParameters.map((each) => each.getText()).join(', ')}>` : '';
    const heritage = (one: ts.ClassDeclaration | ts.InterfaceDeclaration): Code =>
      (one.heritageClauses ?? []).flatMap(({ token, types }) => [
        token === ts.SyntaxKind.ExtendsKeyword ? ' extends ' : ' implements ',
        ...types.flatMap((type, i) => [i === 0 ? '' : ', ', ...codeOf(type)]),
      ]);
    if (ts.isFunctionDeclaration(node)) {
      const all = symbol.declarations!.filter(ts.isFunctionDeclaration);
      const forms = (all.length > 1 ? all.filter(({ body }) => !body) : all).map((one) => {
        if (one.type) literalsIn(one.type, name);
        const doc = documented(one);
        return { doc, code: callOf(one, name, doc) };
      });
      return { name, isExported, kind: 'function', forms, members: [] };
    }
    const doc = documented(node);
    const of = (kind: Declaration['kind'], code: Code, members: readonly Member[] = []): Declaration => {
      return { name, isExported, kind, forms: [{ doc, code }], members };
    };
    if (ts.isClassDeclaration(node))
      return of('class', [`class ${name}${generics(node)}`, ...heritage(node)], membersOf(node, name));
    if (ts.isInterfaceDeclaration(node))
      return of('type', [`interface ${name}${generics(node)}`, ...heritage(node)], membersOf(node, name));
    if (ts.isTypeAliasDeclaration(node)) {
      literalsIn(node.type, name);
      return of('type', [`type ${name}${generics(node)} = `, ...codeOf(node.type)]);
    }
    if (ts.isVariableDeclaration(node)) {
      if (node.type) literalsIn(node.type, name);
      const value = node.initializer;
      if (!value || !ts.isArrowFunction(value) || node.type)
        return of('constant', [`const ${name}: `, ...typeOf(node)]);
      if (value.type) literalsIn(value.type, name);
      return of('function', callOf(value, name, doc));
    }
    throw new Error(
      `reference: ${name}: expected a function, a class, a type or a constant, got ${ts.SyntaxKind[node.kind]}`,
    );
  };

  const exportsOf = doors.map(({ source }) => {
    const module = checker.getSymbolAtLocation(program.getSourceFile(join(root, source))!);
    return (module ? checker.getExportsOfModule(module) : [])
      .map((symbol) => ({ name: symbol.name, symbol: original(symbol) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  });
  const exported = new Set(exportsOf.flat().map(({ symbol }) => symbol));
  const read = doors.map(({ specifier, source }, i): Door => {
    const { text } = program.getSourceFile(join(root, source))!;
    const about =
      /^(?:\/\/[^\n]*\n)+/
        .exec(text)?.[0]
        .replaceAll(/^\/\/ ?/gm, '')
        .trim() ?? '';
    const declarations: Declaration[] = [];
    const add = (symbol: ts.Symbol, name: string, isExported: boolean): void => {
      if (known.has(symbol)) return;
      const declaration = declare(symbol, name, isExported);
      known.set(symbol, declaration);
      declarations.push(declaration);
    };
    for (const { name, symbol } of exportsOf[i]) add(symbol, name, true);
    // what these signatures name, what the signatures of that name, and so on
    while (named.length > 0) {
      const next = [...new Set(named)].filter((symbol) => !exported.has(symbol));
      named = [];
      for (const symbol of next.sort((a, b) => (a.name < b.name ? -1 : 1))) add(symbol, symbol.name, false);
    }
    return { specifier, source, about, declarations };
  });
  return { doors: read, undocumented };
}

/** Whether a file has types from a module: exports them from there, or imports them as types. */
const bringsTypes = ({ statements }: ts.SourceFile, module: ts.StringLiteralLike): boolean =>
  statements.some((one) => {
    if (ts.isExportDeclaration(one)) return one.moduleSpecifier === module;
    if (!ts.isImportDeclaration(one) || one.moduleSpecifier !== module) return false;
    const { phaseModifier, namedBindings } = one.importClause ?? {};
    if (phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
    return (
      !!namedBindings && ts.isNamedImports(namedBindings) && namedBindings.elements.some((name) => name.isTypeOnly)
    );
  });

const typeFormat = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.InTypeAlias;

const lengthOf = (code: Code): number =>
  code.reduce((sum, piece) => sum + (typeof piece === 'string' ? piece : piece.text).length, 0);

const indented = (code: Code): Code =>
  code.map((piece) => (typeof piece === 'string' ? piece.replaceAll('\n', '\n  ') : piece));

/** Whether a reader can be shown what a name stands for: a type, and not a parameter of a type. */
const isShown = (node: ts.Node): boolean =>
  (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isClassDeclaration(node)) &&
  !isInternal(node);

const isInternal = (node: ts.Node): boolean => ts.getJSDocTags(node).some(({ tagName }) => tagName.text === 'internal');

const textOf = (comment: ts.JSDoc['comment']): string => (ts.getTextOfJSDocComment(comment) ?? '').trim();

/** The doc comment that stands right before a declaration. */
function docOf(node: ts.Node): Doc {
  const host = ts.isVariableDeclaration(node) ? node.parent.parent : node;
  const comment = ts.getJSDocCommentsAndTags(host).filter(ts.isJSDoc).at(-1);
  const tags: readonly ts.JSDocTag[] = comment?.tags ?? [];
  return {
    text: textOf(comment?.comment),
    params: tags
      .filter(ts.isJSDocParameterTag)
      .map((tag) => [tag.name.getText(), textOf(tag.comment).replace(/^- /, '')]),
    returns: tags
      .filter(ts.isJSDocReturnTag)
      .map((tag) => textOf(tag.comment))
      .join(' '),
    throws: tags.filter((tag) => ts.isJSDocThrowsTag(tag)).map((tag) => textOf(tag.comment)),
    examples: tags.filter(({ tagName }) => tagName.text === 'example').map(({ comment }) => textOf(comment)),
  };
}

const isWritten = ({ text, returns }: Doc): boolean => text !== '' || returns !== '';
