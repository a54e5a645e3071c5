const bundleUrl = require('node:url').pathToFileURL(__filename).href;
"use strict";
var __create = Object.create;
var __defProp = Object.defineProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __getProtoOf = Object.getPrototypeOf;
var __hasOwnProp = Object.prototype.hasOwnProperty;
var __knownSymbol = (name, symbol) => (symbol = Symbol[name]) ? symbol : /* @__PURE__ */ Symbol.for("Symbol." + name);
var __typeError = (msg) => {
  throw TypeError(msg);
};
var __esm = (fn, res, err) => function __init() {
  if (err) throw err[0];
  try {
    return fn && (res = (0, fn[__getOwnPropNames(fn)[0]])(fn = 0)), res;
  } catch (e) {
    throw err = [e], e;
  }
};
var __commonJS = (cb, mod) => function __require() {
  try {
    return mod || (0, cb[__getOwnPropNames(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports;
  } catch (e) {
    throw mod = 0, e;
  }
};
var __export = (target, all) => {
  for (var name in all)
    __defProp(target, name, { get: all[name], enumerable: true });
};
var __copyProps = (to, from, except, desc) => {
  if (from && typeof from === "object" || typeof from === "function") {
    for (let key of __getOwnPropNames(from))
      if (!__hasOwnProp.call(to, key) && key !== except)
        __defProp(to, key, { get: () => from[key], enumerable: !(desc = __getOwnPropDesc(from, key)) || desc.enumerable });
  }
  return to;
};
var __toESM = (mod, isNodeMode, target) => (target = mod != null ? __create(__getProtoOf(mod)) : {}, __copyProps(
  // If the importer is in node compatibility mode or this is not an ESM
  // file that has been converted to a CommonJS file using a Babel-
  // compatible transform (i.e. "__esModule" has not been set), then set
  // "default" to the CommonJS "module.exports" for node compatibility.
  isNodeMode || !mod || !mod.__esModule ? __defProp(target, "default", { value: mod, enumerable: true }) : target,
  mod
));
var __toCommonJS = (mod) => __copyProps(__defProp({}, "__esModule", { value: true }), mod);
var __using = (stack, value, async) => {
  if (value != null) {
    if (typeof value !== "object" && typeof value !== "function") __typeError("Object expected");
    var dispose, inner;
    if (async) dispose = value[__knownSymbol("asyncDispose")];
    if (dispose === void 0) {
      dispose = value[__knownSymbol("dispose")];
      if (async) inner = dispose;
    }
    if (typeof dispose !== "function") __typeError("Object not disposable");
    if (inner) dispose = function() {
      try {
        inner.call(this);
      } catch (e) {
        return Promise.reject(e);
      }
    };
    stack.push([async, dispose, value]);
  } else if (async) {
    stack.push([async]);
  }
  return value;
};
var __callDispose = (stack, error, hasError) => {
  var E = typeof SuppressedError === "function" ? SuppressedError : function(e, s, m, _) {
    return _ = Error(m), _.name = "SuppressedError", _.error = e, _.suppressed = s, _;
  };
  var fail = (e) => error = hasError ? new E(e, error, "An error was suppressed during disposal") : (hasError = true, e);
  var next = (it) => {
    while (it = stack.pop()) {
      try {
        var result = it[1] && it[1].call(it[2]);
        if (it[0]) return Promise.resolve(result).then(next, (e) => (fail(e), next()));
      } catch (e) {
        fail(e);
      }
    }
    if (hasError) throw error;
  };
  return next();
};

// node_modules/picocolors/picocolors.js
var require_picocolors = __commonJS({
  "node_modules/picocolors/picocolors.js"(exports2, module2) {
    var p = process || {};
    var argv = p.argv || [];
    var env = p.env || {};
    var isColorSupported = !(!!env.NO_COLOR || argv.includes("--no-color")) && (!!env.FORCE_COLOR || argv.includes("--color") || p.platform === "win32" || (p.stdout || {}).isTTY && env.TERM !== "dumb" || !!env.CI);
    var formatter = (open9, close, replace = open9) => (input) => {
      let string2 = "" + input, index = string2.indexOf(close, open9.length);
      return ~index ? open9 + replaceClose(string2, close, replace, index) + close : open9 + string2 + close;
    };
    var replaceClose = (string2, close, replace, index) => {
      let result = "", cursor = 0;
      do {
        result += string2.substring(cursor, index) + replace;
        cursor = index + close.length;
        index = string2.indexOf(close, cursor);
      } while (~index);
      return result + string2.substring(cursor);
    };
    var createColors = (enabled = isColorSupported) => {
      let f = enabled ? formatter : () => String;
      return {
        isColorSupported: enabled,
        reset: f("\x1B[0m", "\x1B[0m"),
        bold: f("\x1B[1m", "\x1B[22m", "\x1B[22m\x1B[1m"),
        dim: f("\x1B[2m", "\x1B[22m", "\x1B[22m\x1B[2m"),
        italic: f("\x1B[3m", "\x1B[23m"),
        underline: f("\x1B[4m", "\x1B[24m"),
        inverse: f("\x1B[7m", "\x1B[27m"),
        hidden: f("\x1B[8m", "\x1B[28m"),
        strikethrough: f("\x1B[9m", "\x1B[29m"),
        black: f("\x1B[30m", "\x1B[39m"),
        red: f("\x1B[31m", "\x1B[39m"),
        green: f("\x1B[32m", "\x1B[39m"),
        yellow: f("\x1B[33m", "\x1B[39m"),
        blue: f("\x1B[34m", "\x1B[39m"),
        magenta: f("\x1B[35m", "\x1B[39m"),
        cyan: f("\x1B[36m", "\x1B[39m"),
        white: f("\x1B[37m", "\x1B[39m"),
        gray: f("\x1B[90m", "\x1B[39m"),
        bgBlack: f("\x1B[40m", "\x1B[49m"),
        bgRed: f("\x1B[41m", "\x1B[49m"),
        bgGreen: f("\x1B[42m", "\x1B[49m"),
        bgYellow: f("\x1B[43m", "\x1B[49m"),
        bgBlue: f("\x1B[44m", "\x1B[49m"),
        bgMagenta: f("\x1B[45m", "\x1B[49m"),
        bgCyan: f("\x1B[46m", "\x1B[49m"),
        bgWhite: f("\x1B[47m", "\x1B[49m"),
        blackBright: f("\x1B[90m", "\x1B[39m"),
        redBright: f("\x1B[91m", "\x1B[39m"),
        greenBright: f("\x1B[92m", "\x1B[39m"),
        yellowBright: f("\x1B[93m", "\x1B[39m"),
        blueBright: f("\x1B[94m", "\x1B[39m"),
        magentaBright: f("\x1B[95m", "\x1B[39m"),
        cyanBright: f("\x1B[96m", "\x1B[39m"),
        whiteBright: f("\x1B[97m", "\x1B[39m"),
        bgBlackBright: f("\x1B[100m", "\x1B[49m"),
        bgRedBright: f("\x1B[101m", "\x1B[49m"),
        bgGreenBright: f("\x1B[102m", "\x1B[49m"),
        bgYellowBright: f("\x1B[103m", "\x1B[49m"),
        bgBlueBright: f("\x1B[104m", "\x1B[49m"),
        bgMagentaBright: f("\x1B[105m", "\x1B[49m"),
        bgCyanBright: f("\x1B[106m", "\x1B[49m"),
        bgWhiteBright: f("\x1B[107m", "\x1B[49m")
      };
    };
    module2.exports = createColors();
    module2.exports.createColors = createColors;
  }
});

// src/errors.ts
var UserError, SeveralErrors, SettingsError;
var init_errors = __esm({
  "src/errors.ts"() {
    "use strict";
    UserError = class extends Error {
      name = "UserError";
      title;
      detail;
      hint;
      output;
      location;
      /** What the program ends with: 1 it failed, 2 the settings or arguments are wrong, 125 a remote command never ran. */
      exitCode;
      constructor(problem, { exitCode = 1, cause } = {}) {
        super(problem.title, { cause });
        this.title = problem.title;
        this.detail = problem.detail;
        this.hint = problem.hint;
        this.output = problem.output;
        this.location = problem.location;
        this.exitCode = exitCode;
      }
    };
    SeveralErrors = class extends UserError {
      name = "SeveralErrors";
      problems;
      constructor(problems, title, { exitCode = 1 } = {}) {
        const [first] = problems;
        const only = problems.length === 1 ? first : void 0;
        super({ title: only?.title ?? title, detail: only?.detail, hint: only?.hint }, { exitCode });
        this.problems = problems;
      }
    };
    SettingsError = class extends SeveralErrors {
      name = "SettingsError";
      constructor(problems) {
        super(problems, `${problems.length} settings are wrong`, { exitCode: 2 });
      }
    };
  }
});

// src/platform/runtimes.ts
function targetOf(runtime, architecture) {
  const { glibc, manylinux } = AMAZON_LINUX[RUNTIMES[runtime].amazonLinux];
  const pythonMinor = runtime.slice("python".length);
  return {
    runtime,
    pythonMinor,
    architecture,
    glibc,
    uvPlatform: `${architecture === "arm64" ? "aarch64" : "x86_64"}-${manylinux}`,
    image: `public.ecr.aws/lambda/python:${pythonMinor}`
  };
}
var AMAZON_LINUX, RUNTIMES, RUNTIME_NAMES, DEFAULT_RUNTIME;
var init_runtimes = __esm({
  "src/platform/runtimes.ts"() {
    "use strict";
    AMAZON_LINUX = {
      "2": { glibc: "2.26", manylinux: "manylinux_2_17" },
      "2023": { glibc: "2.34", manylinux: "manylinux_2_34" }
    };
    RUNTIMES = {
      "python3.10": { amazonLinux: "2" },
      "python3.11": { amazonLinux: "2" },
      "python3.12": { amazonLinux: "2023" },
      "python3.13": { amazonLinux: "2023" },
      "python3.14": { amazonLinux: "2023" }
    };
    RUNTIME_NAMES = Object.keys(RUNTIMES);
    DEFAULT_RUNTIME = "python3.13";
  }
});

// src/store/records.ts
function keyOf(...parts) {
  return (0, import_node_crypto.createHash)("sha256").update(JSON.stringify(parts)).digest("hex");
}
async function readRecord(store, kind, key) {
  const path4 = await store.find(kind, key);
  if (path4 === void 0) return void 0;
  try {
    return JSON.parse(await (0, import_promises2.readFile)(path4, "utf8"));
  } catch {
    return void 0;
  }
}
async function writeRecord(store, kind, key, value, options) {
  await store.keep(kind, key, (path4) => (0, import_promises2.writeFile)(path4, JSON.stringify(value)), options);
}
var import_node_crypto, import_promises2;
var init_records = __esm({
  "src/store/records.ts"() {
    "use strict";
    import_node_crypto = require("node:crypto");
    import_promises2 = require("node:fs/promises");
  }
});

// node_modules/@renovatebot/pep440/lib/version.js
var require_version = __commonJS({
  "node_modules/@renovatebot/pep440/lib/version.js"(exports2, module2) {
    var VERSION_PATTERN = [
      "v?",
      "(?:",
      /* */
      "(?:(?<epoch>[0-9]+)!)?",
      // epoch
      /* */
      "(?<release>[0-9]+(?:\\.[0-9]+)*)",
      // release segment
      /* */
      "(?<pre>",
      // pre-release
      /*    */
      "[-_\\.]?",
      /*    */
      "(?<pre_l>(a|b|c|rc|alpha|beta|pre|preview))",
      /*    */
      "[-_\\.]?",
      /*    */
      "(?<pre_n>[0-9]+)?",
      /* */
      ")?",
      /* */
      "(?<post>",
      // post release
      /*    */
      "(?:-(?<post_n1>[0-9]+))",
      /*    */
      "|",
      /*    */
      "(?:",
      /*        */
      "[-_\\.]?",
      /*        */
      "(?<post_l>post|rev|r)",
      /*        */
      "[-_\\.]?",
      /*        */
      "(?<post_n2>[0-9]+)?",
      /*    */
      ")",
      /* */
      ")?",
      /* */
      "(?<dev>",
      // dev release
      /*    */
      "[-_\\.]?",
      /*    */
      "(?<dev_l>dev)",
      /*    */
      "[-_\\.]?",
      /*    */
      "(?<dev_n>[0-9]+)?",
      /* */
      ")?",
      ")",
      "(?:\\+(?<local>[a-z0-9]+(?:[-_\\.][a-z0-9]+)*))?"
      // local version
    ].join("");
    module2.exports = {
      VERSION_PATTERN,
      valid: valid4,
      clean: clean2,
      explain,
      parse: parse2,
      stringify: stringify2
    };
    var validRegex = new RegExp("^" + VERSION_PATTERN + "$", "i");
    function valid4(version) {
      return validRegex.test(version) ? version : null;
    }
    var cleanRegex = new RegExp("^\\s*" + VERSION_PATTERN + "\\s*$", "i");
    function clean2(version) {
      return stringify2(parse2(version, cleanRegex));
    }
    function parse2(version, regex2) {
      const { groups } = (regex2 || validRegex).exec(version) || {};
      if (!groups) {
        return null;
      }
      const parsed = {
        epoch: Number(groups.epoch ? groups.epoch : 0),
        release: groups.release.split(".").map(Number),
        pre: normalize_letter_version(groups.pre_l, groups.pre_n),
        post: normalize_letter_version(
          groups.post_l,
          groups.post_n1 || groups.post_n2
        ),
        dev: normalize_letter_version(groups.dev_l, groups.dev_n),
        local: parse_local_version(groups.local)
      };
      return parsed;
    }
    function stringify2(parsed) {
      if (!parsed) {
        return null;
      }
      const { epoch, release, pre, post, dev, local } = parsed;
      const parts = [];
      if (epoch !== 0) {
        parts.push(`${epoch}!`);
      }
      parts.push(release.join("."));
      if (pre) {
        parts.push(pre.join(""));
      }
      if (post) {
        parts.push("." + post.join(""));
      }
      if (dev) {
        parts.push("." + dev.join(""));
      }
      if (local) {
        parts.push(`+${local}`);
      }
      return parts.join("");
    }
    function normalize_letter_version(letterIn, numberIn) {
      let letter = letterIn;
      let number2 = numberIn;
      if (letter) {
        if (!number2) {
          number2 = 0;
        }
        letter = letter.toLowerCase();
        if (letter === "alpha") {
          letter = "a";
        } else if (letter === "beta") {
          letter = "b";
        } else if (["c", "pre", "preview"].includes(letter)) {
          letter = "rc";
        } else if (["rev", "r"].includes(letter)) {
          letter = "post";
        }
        return [letter, Number(number2)];
      }
      if (!letter && number2) {
        letter = "post";
        return [letter, Number(number2)];
      }
      return null;
    }
    function parse_local_version(local) {
      if (local) {
        return local.split(/[._-]/).map(
          (part) => Number.isNaN(Number(part)) ? part.toLowerCase() : Number(part)
        );
      }
      return null;
    }
    function explain(version) {
      const parsed = parse2(version);
      if (!parsed) {
        return parsed;
      }
      const { epoch, release, pre, post, dev, local } = parsed;
      let base_version = "";
      if (epoch !== 0) {
        base_version += epoch + "!";
      }
      base_version += release.join(".");
      const is_prerelease = Boolean(dev || pre);
      const is_devrelease = Boolean(dev);
      const is_postrelease = Boolean(post);
      return {
        epoch,
        release,
        pre,
        post: post ? post[1] : post,
        dev: dev ? dev[1] : dev,
        local: local ? local.join(".") : local,
        public: stringify2(parsed).split("+", 1)[0],
        base_version,
        is_prerelease,
        is_devrelease,
        is_postrelease
      };
    }
  }
});

// node_modules/@renovatebot/pep440/lib/operator.js
var require_operator = __commonJS({
  "node_modules/@renovatebot/pep440/lib/operator.js"(exports2, module2) {
    var { parse: parse2 } = require_version();
    module2.exports = {
      compare: compare5,
      rcompare,
      lt,
      le,
      eq,
      ne,
      ge,
      gt,
      "<": lt,
      "<=": le,
      "==": eq,
      "!=": ne,
      ">=": ge,
      ">": gt,
      "===": arbitrary
    };
    function lt(version, other) {
      return compare5(version, other) < 0;
    }
    function le(version, other) {
      return compare5(version, other) <= 0;
    }
    function eq(version, other) {
      return compare5(version, other) === 0;
    }
    function ne(version, other) {
      return compare5(version, other) !== 0;
    }
    function ge(version, other) {
      return compare5(version, other) >= 0;
    }
    function gt(version, other) {
      return compare5(version, other) > 0;
    }
    function arbitrary(version, other) {
      return version.toLowerCase() === other.toLowerCase();
    }
    function compare5(version, other) {
      const parsedVersion = parse2(version);
      const parsedOther = parse2(other);
      const keyVersion = calculateKey(parsedVersion);
      const keyOther = calculateKey(parsedOther);
      return pyCompare(keyVersion, keyOther);
    }
    function rcompare(version, other) {
      return -compare5(version, other);
    }
    function pyCompare(elemIn, otherIn) {
      let elem = elemIn;
      let other = otherIn;
      if (elem === other) {
        return 0;
      }
      if (Array.isArray(elem) !== Array.isArray(other)) {
        elem = Array.isArray(elem) ? elem : [elem];
        other = Array.isArray(other) ? other : [other];
      }
      if (Array.isArray(elem)) {
        const len = Math.min(elem.length, other.length);
        for (let i = 0; i < len; i += 1) {
          const res = pyCompare(elem[i], other[i]);
          if (res !== 0) {
            return res;
          }
        }
        return elem.length - other.length;
      }
      if (elem === -Infinity || other === Infinity) {
        return -1;
      }
      if (elem === Infinity || other === -Infinity) {
        return 1;
      }
      return elem < other ? -1 : 1;
    }
    function calculateKey(input) {
      const { epoch } = input;
      let { release, pre, post, local, dev } = input;
      release = release.concat();
      release.reverse();
      while (release.length && release[0] === 0) {
        release.shift();
      }
      release.reverse();
      if (!pre && !post && dev) pre = -Infinity;
      else if (!pre) pre = Infinity;
      if (!post) post = -Infinity;
      if (!dev) dev = Infinity;
      if (!local) {
        local = -Infinity;
      } else {
        local = local.map(
          (i) => Number.isNaN(Number(i)) ? [-Infinity, i] : [Number(i), ""]
        );
      }
      return [epoch, release, pre, post, dev, local];
    }
  }
});

// node_modules/@renovatebot/pep440/lib/specifier.js
var require_specifier = __commonJS({
  "node_modules/@renovatebot/pep440/lib/specifier.js"(exports2, module2) {
    var { VERSION_PATTERN, explain: explainVersion } = require_version();
    var Operator = require_operator();
    var RANGE_PATTERN = [
      "(?<operator>(===|~=|==|!=|<=|>=|<|>))",
      "\\s*",
      "(",
      /*  */
      "(?<version>(?:" + VERSION_PATTERN.replace(/\?<\w+>/g, "?:") + "))",
      /*  */
      "(?<prefix>\\.\\*)?",
      /*  */
      "|",
      /*  */
      "(?<legacy>[^,;\\s)]+)",
      ")"
    ].join("");
    module2.exports = {
      RANGE_PATTERN,
      parse: parse2,
      satisfies: satisfies4,
      filter,
      validRange: validRange2,
      maxSatisfying,
      minSatisfying
    };
    var isEqualityOperator = (op) => ["==", "!=", "==="].includes(op);
    var rangeRegex = new RegExp("^" + RANGE_PATTERN + "$", "i");
    function parse2(ranges) {
      if (!ranges.trim()) {
        return [];
      }
      const specifiers = ranges.split(",").map((range) => rangeRegex.exec(range.trim()) || {}).map(({ groups }) => {
        if (!groups) {
          return null;
        }
        let { ...spec } = groups;
        const { operator, version, prefix, legacy } = groups;
        if (version) {
          spec = { ...spec, ...explainVersion(version) };
          if (operator === "~=") {
            if (spec.release.length < 2) {
              return null;
            }
          }
          if (!isEqualityOperator(operator) && spec.local) {
            return null;
          }
          if (prefix) {
            if (!isEqualityOperator(operator) || spec.dev || spec.local) {
              return null;
            }
          }
        }
        if (legacy && operator !== "===") {
          return null;
        }
        return spec;
      });
      if (specifiers.filter(Boolean).length !== specifiers.length) {
        return null;
      }
      return specifiers;
    }
    function filter(versions, specifier, options = {}) {
      const filtered = pick(versions, specifier, options);
      if (filtered.length === 0 && options.prereleases === void 0) {
        return pick(versions, specifier, { prereleases: true });
      }
      return filtered;
    }
    function maxSatisfying(versions, range, options) {
      const found = filter(versions, range, options).sort(Operator.compare);
      return found.length === 0 ? null : found[found.length - 1];
    }
    function minSatisfying(versions, range, options) {
      const found = filter(versions, range, options).sort(Operator.compare);
      return found.length === 0 ? null : found[0];
    }
    function pick(versions, specifier, options) {
      const parsed = parse2(specifier);
      if (!parsed) {
        return [];
      }
      return versions.filter((version) => {
        const explained = explainVersion(version);
        if (!parsed.length) {
          return explained && !(explained.is_prerelease && !options.prereleases);
        }
        return parsed.reduce((pass, spec) => {
          if (!pass) {
            return false;
          }
          return contains({ ...spec, ...options }, { version, explained });
        }, true);
      });
    }
    function satisfies4(version, specifier, options = {}) {
      const filtered = pick([version], specifier, options);
      return filtered.length === 1;
    }
    function arrayStartsWith(array3, prefix) {
      if (prefix.length > array3.length) {
        return false;
      }
      for (let i = 0; i < prefix.length; i += 1) {
        if (prefix[i] !== array3[i]) {
          return false;
        }
      }
      return true;
    }
    function contains(specifier, input) {
      const { explained } = input;
      let { version } = input;
      const { ...spec } = specifier;
      if (spec.prereleases === void 0) {
        spec.prereleases = spec.is_prerelease;
      }
      if (explained && explained.is_prerelease && !spec.prereleases) {
        return false;
      }
      if (spec.operator === "~=") {
        let compatiblePrefix = spec.release.slice(0, -1).concat("*").join(".");
        if (spec.epoch) {
          compatiblePrefix = spec.epoch + "!" + compatiblePrefix;
        }
        return satisfies4(version, `>=${spec.version}, ==${compatiblePrefix}`, {
          prereleases: spec.prereleases
        });
      }
      if (spec.prefix) {
        const isMatching = explained.epoch === spec.epoch && arrayStartsWith(explained.release, spec.release);
        const isEquality = spec.operator !== "!=";
        return isEquality ? isMatching : !isMatching;
      }
      if (explained) {
        if (explained.local && spec.version) {
          version = explained.public;
          spec.version = explainVersion(spec.version).public;
        }
      }
      if (spec.operator === "<" || spec.operator === ">") {
        if (Operator.eq(spec.release.join("."), explained.release.join("."))) {
          return false;
        }
      }
      const op = Operator[spec.operator];
      return op(version, spec.version || spec.legacy);
    }
    function validRange2(specifier) {
      return Boolean(parse2(specifier));
    }
  }
});

// node_modules/@renovatebot/pep440/lib/semantic.js
var require_semantic = __commonJS({
  "node_modules/@renovatebot/pep440/lib/semantic.js"(exports2, module2) {
    var { explain, parse: parse2, stringify: stringify2 } = require_version();
    module2.exports = {
      major,
      minor,
      patch,
      inc
    };
    function major(input) {
      const version = explain(input);
      if (!version) {
        throw new TypeError("Invalid Version: " + input);
      }
      return version.release[0];
    }
    function minor(input) {
      const version = explain(input);
      if (!version) {
        throw new TypeError("Invalid Version: " + input);
      }
      if (version.release.length < 2) {
        return 0;
      }
      return version.release[1];
    }
    function patch(input) {
      const version = explain(input);
      if (!version) {
        throw new TypeError("Invalid Version: " + input);
      }
      if (version.release.length < 3) {
        return 0;
      }
      return version.release[2];
    }
    function inc(input, release, preReleaseIdentifier) {
      let identifier = preReleaseIdentifier || `a`;
      const version = parse2(input);
      if (!version) {
        return null;
      }
      if (!["a", "b", "c", "rc", "alpha", "beta", "pre", "preview"].includes(
        identifier
      )) {
        return null;
      }
      switch (release) {
        case "premajor":
          {
            const [majorVersion] = version.release;
            version.release.fill(0);
            version.release[0] = majorVersion + 1;
          }
          version.pre = [identifier, 0];
          delete version.post;
          delete version.dev;
          delete version.local;
          break;
        case "preminor":
          {
            const [majorVersion, minorVersion = 0] = version.release;
            version.release.fill(0);
            version.release[0] = majorVersion;
            version.release[1] = minorVersion + 1;
          }
          version.pre = [identifier, 0];
          delete version.post;
          delete version.dev;
          delete version.local;
          break;
        case "prepatch":
          {
            const [majorVersion, minorVersion = 0, patchVersion = 0] = version.release;
            version.release.fill(0);
            version.release[0] = majorVersion;
            version.release[1] = minorVersion;
            version.release[2] = patchVersion + 1;
          }
          version.pre = [identifier, 0];
          delete version.post;
          delete version.dev;
          delete version.local;
          break;
        case "prerelease":
          if (version.pre === null) {
            const [majorVersion, minorVersion = 0, patchVersion = 0] = version.release;
            version.release.fill(0);
            version.release[0] = majorVersion;
            version.release[1] = minorVersion;
            version.release[2] = patchVersion + 1;
            version.pre = [identifier, 0];
          } else {
            if (preReleaseIdentifier === void 0 && version.pre !== null) {
              [identifier] = version.pre;
            }
            const [letter, number2] = version.pre;
            if (letter === identifier) {
              version.pre = [letter, number2 + 1];
            } else {
              version.pre = [identifier, 0];
            }
          }
          delete version.post;
          delete version.dev;
          delete version.local;
          break;
        case "major":
          if (version.release.slice(1).some((value) => value !== 0) || version.pre === null) {
            const [majorVersion] = version.release;
            version.release.fill(0);
            version.release[0] = majorVersion + 1;
          }
          delete version.pre;
          delete version.post;
          delete version.dev;
          delete version.local;
          break;
        case "minor":
          if (version.release.slice(2).some((value) => value !== 0) || version.pre === null) {
            const [majorVersion, minorVersion = 0] = version.release;
            version.release.fill(0);
            version.release[0] = majorVersion;
            version.release[1] = minorVersion + 1;
          }
          delete version.pre;
          delete version.post;
          delete version.dev;
          delete version.local;
          break;
        case "patch":
          if (version.release.slice(3).some((value) => value !== 0) || version.pre === null) {
            const [majorVersion, minorVersion = 0, patchVersion = 0] = version.release;
            version.release.fill(0);
            version.release[0] = majorVersion;
            version.release[1] = minorVersion;
            version.release[2] = patchVersion + 1;
          }
          delete version.pre;
          delete version.post;
          delete version.dev;
          delete version.local;
          break;
        default:
          return null;
      }
      return stringify2(version);
    }
  }
});

// node_modules/@renovatebot/pep440/index.js
var require_pep440 = __commonJS({
  "node_modules/@renovatebot/pep440/index.js"(exports2, module2) {
    var { valid: valid4, clean: clean2, explain, parse: parse2 } = require_version();
    var { lt, le, eq, ne, ge, gt, compare: compare5, rcompare } = require_operator();
    var {
      filter,
      maxSatisfying,
      minSatisfying,
      RANGE_PATTERN,
      satisfies: satisfies4,
      validRange: validRange2
    } = require_specifier();
    var { major, minor, patch, inc } = require_semantic();
    module2.exports = {
      // version
      valid: valid4,
      clean: clean2,
      explain,
      parse: parse2,
      // operator
      lt,
      le,
      lte: le,
      eq,
      ne,
      neq: ne,
      ge,
      gte: ge,
      gt,
      compare: compare5,
      rcompare,
      // range
      filter,
      maxSatisfying,
      minSatisfying,
      RANGE_PATTERN,
      satisfies: satisfies4,
      validRange: validRange2,
      // semantic
      major,
      minor,
      patch,
      inc
    };
  }
});

// src/builder/pip-files.ts
function pipFiles(environment) {
  const home = environment["HOME"] ?? (0, import_node_os3.homedir)();
  const configured = environment["XDG_CONFIG_HOME"] ?? (0, import_node_path5.join)(home, ".config");
  const own = environment["PIP_CONFIG_FILE"];
  const inEnvironment = environment["VIRTUAL_ENV"];
  if (own === "/dev/null") return [];
  return [
    "/etc/xdg/pip/pip.conf",
    "/etc/pip.conf",
    ...own !== void 0 && (0, import_node_fs3.existsSync)(own) ? [] : [(0, import_node_path5.join)(home, ".pip/pip.conf"), (0, import_node_path5.join)(configured, "pip/pip.conf")],
    ...inEnvironment === void 0 ? [] : [(0, import_node_path5.join)(inEnvironment, "pip.conf")],
    ...own === void 0 ? [] : [own]
  ];
}
async function withPipFiles(environment) {
  const settings = /* @__PURE__ */ new Map();
  for (const path4 of pipFiles(environment)) {
    const text3 = await (0, import_promises6.readFile)(path4, "utf8").catch(() => "");
    for (const [name, value] of settingsIn(text3)) settings.set(name, value);
  }
  const found = ["index-url", "extra-index-url"].flatMap((option) => {
    const value = settings.get(`download ${option}`) ?? settings.get(`global ${option}`);
    return value ? [[`PIP_${option.toUpperCase().replaceAll("-", "_")}`, value]] : [];
  });
  return { ...Object.fromEntries(found), ...environment };
}
function settingsIn(text3) {
  const settings = /* @__PURE__ */ new Map();
  let section = "";
  let name = "";
  for (const line of text3.split(/\r?\n/).filter((each) => !/^\s*[#;]/.test(each))) {
    const [, header] = /^\[([^\]]+)\]/.exec(line) ?? [];
    const [, option, value] = /^([\w-]+)\s*[=:]\s*(.*)$/.exec(line) ?? [];
    if (header !== void 0) section = header;
    else if (option !== void 0) {
      name = `${section} ${option.toLowerCase().replaceAll("_", "-")}`;
      settings.set(name, (value ?? "").trim());
    } else if (/^\s+\S/.test(line)) settings.set(name, `${settings.get(name) ?? ""} ${line.trim()}`.trim());
  }
  return settings;
}
var import_node_fs3, import_promises6, import_node_os3, import_node_path5;
var init_pip_files = __esm({
  "src/builder/pip-files.ts"() {
    "use strict";
    import_node_fs3 = require("node:fs");
    import_promises6 = require("node:fs/promises");
    import_node_os3 = require("node:os");
    import_node_path5 = require("node:path");
  }
});

// docker:dockerode
var require_dockerode = __commonJS({
  "docker:dockerode"(exports2, module2) {
    module2.exports = require("./docker.cjs")["dockerode"];
  }
});

// src/builder/docker-errors.ts
function diskFull(detail) {
  return new UserError({ title: "The disk of the container engine is full", detail, hint: DISK_FULL });
}
function unreachableProblem(error, address) {
  const title = `No container engine answers at ${address}`;
  const detail = messageOf(error);
  const otherwise = "builder: host needs none, where every requirement has a published wheel.";
  const code = codeOf(error);
  if (address.startsWith("ssh:")) {
    return {
      title: "A container engine behind ssh:// is not supported",
      detail: `DOCKER_HOST is ${address}.`,
      hint: "Forward its socket and name that: ssh -nNT -L /tmp/engine.sock:/var/run/docker.sock HOST, then DOCKER_HOST=unix:///tmp/engine.sock."
    };
  }
  switch (code ?? "") {
    case "ENOENT":
      return {
        title,
        detail,
        hint: `Start Docker (or Podman's service), or set DOCKER_HOST to where it listens. ${CONTEXTS} Or: ${otherwise}`
      };
    case "EACCES":
    case "EPERM":
      return {
        title: `This user may not talk to the container engine at ${address}`,
        detail,
        hint: `Add the user to the group of the socket (sudo usermod -aG docker NAME, then sign in again), or use a rootless engine by DOCKER_HOST. Or: ${otherwise}`
      };
    case "ECONNREFUSED":
      return {
        title,
        detail,
        hint: `The address is there but nothing listens: start the engine, or correct DOCKER_HOST. ${CONTEXTS} Or: ${otherwise}`
      };
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return { title, detail, hint: `The host's name is not known: correct DOCKER_HOST. ${CONTEXTS}` };
    default:
      return { title, detail, hint: `Look whether "docker version" answers, and what DOCKER_HOST says. ${CONTEXTS}` };
  }
}
function engineError(error, doing, address) {
  if (error instanceof UserError || !isError(error)) return asError(error);
  if (error.name === "AbortError") return error;
  const detail = messageOf(error);
  const advise = (title, hint) => new UserError({ title, detail, hint }, { cause: error });
  if (saysDiskFull(detail)) return diskFull(detail);
  if (error instanceof EngineTimeout)
    return advise(
      `The container engine did not ${doing}: ${error.message}`,
      "It is overloaded or hangs: look at its log, restart it and run again."
    );
  if (/exec format error|does not match the specified platform/i.test(detail))
    return advise(
      "The container engine cannot run programs of this architecture",
      "Run on a machine of that architecture, or install emulation: the action docker/setup-qemu-action, or docker run --privileged --rm tonistiigi/binfmt --install all."
    );
  if (/no such (container|exec)|is not running|is dead or marked for removal|container .* not found/i.test(detail))
    return advise(
      `The build container disappeared: the engine could not ${doing}`,
      "It was removed, ran out of memory, or the engine was restarted meanwhile. Run again."
    );
  const { code, statusCode } = error;
  if (code !== void 0 && ["ENOENT", "EACCES", "EPERM", "ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN"].includes(code))
    return new UserError(unreachableProblem(error, address), { cause: error });
  if (code !== void 0 || /socket hang up|premature close|aborted/i.test(detail))
    return advise(
      `The connection to the container engine broke: it could not ${doing}`,
      'The engine was stopped or restarted meanwhile. Look whether "docker version" answers, and run again.'
    );
  if (statusCode !== void 0)
    return advise(`The container engine could not ${doing}`, "Its words are above; its log may say more.");
  return error;
}
function isError(value) {
  return typeof value === "object" && value !== null && "name" in value && "message" in value;
}
function codeOf(error) {
  return isError(error) ? error.code : void 0;
}
function messageOf(error) {
  if (!isError(error)) return String(error);
  const { json } = error;
  const text3 = json?.message ?? error.message.replace(/^\(HTTP code \d+\) .*? - /, "");
  return text3.trim() || (codeOf(error) ?? error.name);
}
function asError(error) {
  return isError(error) ? error : new Error(String(error));
}
function stepAdvice(output) {
  if (/certificate verify failed|CERTIFICATE_VERIFY_FAILED|SSLCertVerification|self[- ]signed|UnknownIssuer/i.test(output))
    return "The network re-signs TLS: name its certificate authority with ca-file.";
  if (/unable to locate package|no match for argument|no package .* available|unable to find a match|has no installation candidate/i.test(
    output
  ))
    return "Correct system-packages: the names are those of the image’s own distribution (dnf: libpq-devel; apt: libpq-dev).";
  if (/could not resolve|temporary failure|name resolution|network is unreachable|connection (refused|timed out)|could not fetch/i.test(
    output
  ))
    return "Containers of this engine need the network here: its DNS, its proxy (HTTPS_PROXY) or the index (PIP_INDEX_URL).";
  return "The output above says why; --verbose shows all of it.";
}
var EngineTimeout, CONTEXTS, DISK_FULL, NO_SPACE, saysDiskFull, lastLines;
var init_docker_errors = __esm({
  "src/builder/docker-errors.ts"() {
    "use strict";
    init_errors();
    EngineTimeout = class extends Error {
      constructor(seconds) {
        super(`no answer within ${seconds} seconds`);
      }
    };
    CONTEXTS = "Contexts of the docker command are not read: name the engine of one with DOCKER_HOST=$(docker context inspect --format '{{.Endpoints.docker.Host}}').";
    DISK_FULL = "Free some space where the engine keeps its data (docker system prune removes what is unused; on a hosted runner, remove tools that the job does not need) and run again.";
    NO_SPACE = /no space left on device|ENOSPC|Errno 28\b|os error 28\b|not enough free space|disk quota exceeded/i;
    saysDiskFull = (text3) => NO_SPACE.test(text3);
    lastLines = (text3, count = 20) => text3.trim().split("\n").slice(-count).join("\n");
  }
});

// src/builder/docker-engine.ts
var docker_engine_exports = {};
__export(docker_engine_exports, {
  engineCall: () => engineCall,
  findEngine: () => findEngine
});
async function findEngine() {
  let docker;
  try {
    docker = new import_dockerode.default();
  } catch (error) {
    return { unreachable: unreachableProblem(error, "the address in DOCKER_HOST") };
  }
  const address = await addressOf(docker.modem);
  if (address.startsWith("ssh:")) return { unreachable: unreachableProblem(void 0, address) };
  try {
    const { Version, Arch } = await inTime((abortSignal) => versionOf2(docker, { abortSignal }), PING_SECONDS);
    return { docker, address, version: Version, architecture: Arch };
  } catch (error) {
    return { unreachable: unreachableProblem(error, address) };
  }
}
async function addressOf(modem) {
  if (modem.socketPath !== void 0) {
    const path4 = await modem.getSocketPath();
    return path4.startsWith("//") ? `npipe://${path4}` : `unix://${path4}`;
  }
  const scheme = modem.protocol === "ssh" ? "ssh" : "tcp";
  return `${scheme}://${modem.host ?? ""}${modem.port ? `:${modem.port}` : ""}`;
}
async function engineCall(engine, doing, call, seconds = CALL_SECONDS) {
  try {
    return await inTime(call, seconds);
  } catch (error) {
    throw engineError(error, doing, engine.address);
  }
}
async function inTime(call, seconds) {
  let timer;
  const controller = new AbortController();
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => {
      reject(new EngineTimeout(seconds));
      controller.abort();
    }, seconds * 1e3);
  });
  try {
    return await Promise.race([call(controller.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
var import_dockerode, PING_SECONDS, versionOf2, CALL_SECONDS;
var init_docker_engine = __esm({
  "src/builder/docker-engine.ts"() {
    "use strict";
    import_dockerode = __toESM(require_dockerode(), 1);
    init_docker_errors();
    PING_SECONDS = 5;
    versionOf2 = (docker, options) => docker.version.call(docker, options);
    CALL_SECONDS = 120;
  }
});

// src/builder/builder.ts
var ToolchainChanged;
var init_builder = __esm({
  "src/builder/builder.ts"() {
    "use strict";
    ToolchainChanged = class extends Error {
      name = "ToolchainChanged";
      constructor(image) {
        super(`${image} is another one than in the last build`);
      }
    };
  }
});

// docker:tar-stream
var require_tar_stream = __commonJS({
  "docker:tar-stream"(exports2, module2) {
    module2.exports = require("./docker.cjs")["tar-stream"];
  }
});

// src/builder/docker-files.ts
function packFiles(files) {
  const archive = (0, import_tar_stream.pack)();
  for (const { path: path4, content } of files) archive.entry({ ...OWNER, name: path4, mode: 420 }, content);
  archive.finalize();
  return archive;
}
function packFolder(localFolder, path4) {
  const archive = (0, import_tar_stream.pack)();
  fill(archive, localFolder, path4).then(
    () => {
      archive.finalize();
    },
    (error) => {
      archive.destroy(error);
    }
  );
  return archive;
}
async function fill(archive, localFolder, path4) {
  const root = await (0, import_promises7.realpath)(localFolder);
  let parent = "";
  for (const name of path4.split("/").filter((part) => part !== "" && part !== ".")) {
    parent = import_node_path6.posix.join(parent, name);
    folderEntry(archive, parent);
  }
  await addContent(archive, root, root, parent);
}
function folderEntry(archive, name) {
  archive.entry({ ...OWNER, name: `${name}/`, type: "directory", mode: 493 });
}
async function addContent(archive, root, folder, path4) {
  for (const name of (await (0, import_promises7.readdir)(folder)).sort()) {
    const local = (0, import_node_path6.join)(folder, name);
    const inside2 = import_node_path6.posix.join(path4, name);
    const stats = await (0, import_promises7.lstat)(local);
    if (stats.isDirectory()) {
      folderEntry(archive, inside2);
      await addContent(archive, root, local, inside2);
    } else if (stats.isSymbolicLink()) {
      const linkname = await (0, import_promises7.readlink)(local);
      if ((0, import_node_path6.isAbsolute)(linkname) || leadsOut((0, import_node_path6.relative)(root, (0, import_node_path6.normalize)((0, import_node_path6.join)(folder, linkname))))) {
        throw new UserError({
          title: `${(0, import_node_path6.relative)(root, local)} is a link to outside of ${root}`,
          detail: `It points to ${linkname}, which is not there in a container.`,
          hint: "Put a copy of the file in its place."
        });
      }
      archive.entry({ ...OWNER, name: inside2, type: "symlink", linkname: linkname.split(import_node_path6.sep).join("/"), mode: 511 });
    } else if (stats.isFile()) {
      const mode = stats.mode & 73 ? 493 : 420;
      await (0, import_promises8.pipeline)((0, import_node_fs4.createReadStream)(local), archive.entry({ ...OWNER, name: inside2, size: stats.size, mode }));
    }
  }
}
async function unpackFolder(archive, localFolder) {
  await (0, import_promises7.mkdir)((0, import_node_path6.dirname)(localFolder), { recursive: true });
  await (0, import_promises7.mkdir)(localFolder, { mode: 493 });
  const broken = new AbortController();
  try {
    const entries = (0, import_tar_stream.extract)();
    const piped = (0, import_promises8.pipeline)(archive, entries);
    piped.catch((error) => {
      broken.abort(error);
    });
    const links = [];
    for await (const entry of entries) {
      const link = await unpackEntry(entry, localFolder, broken.signal);
      if (link) links.push(link);
    }
    await piped;
    for (const link of links.filter(({ isHard }) => isHard)) await makeLink(link, localFolder);
    for (const link of links.filter(({ isHard }) => !isHard)) await makeLink(link, localFolder);
  } catch (error) {
    await (0, import_promises7.rm)(localFolder, { recursive: true, force: true });
    const isAbort = isError(error) && error.name === "AbortError";
    throw broken.signal.aborted && (isAbort || error === broken.signal.reason) ? new BrokenArchive({ cause: broken.signal.reason }) : error;
  }
}
async function unpackEntry(entry, localFolder, signal) {
  const { name, type, linkname, mode } = entry.header;
  const path4 = pathInside(name);
  if (path4 === void 0) throw escaping(name);
  const local = (0, import_node_path6.join)(localFolder, path4);
  switch (type) {
    case "directory":
      await (0, import_promises7.mkdir)(local, { recursive: true, mode: 493 });
      entry.resume();
      return void 0;
    case "file":
    case "contiguous-file": {
      await (0, import_promises7.mkdir)((0, import_node_path6.dirname)(local), { recursive: true, mode: 493 });
      const wanted = mode & 73 ? 493 : 420;
      await (0, import_promises8.pipeline)(entry, (0, import_node_fs4.createWriteStream)(local, { flags: "wx", mode: wanted }), { signal });
      await (0, import_promises7.chmod)(local, wanted);
      return void 0;
    }
    case "link":
    case "symlink":
      entry.resume();
      return { path: path4, linkname, isHard: type === "link" };
    case "fifo":
    case "block-device":
    case "character-device":
      throw new UserError({
        title: `The container holds ${name}, which is not a file, a folder or a link`,
        detail: `It is a ${type}.`
      });
  }
}
async function makeLink({ path: path4, linkname, isHard }, localFolder) {
  const local = (0, import_node_path6.join)(localFolder, path4);
  await (0, import_promises7.mkdir)((0, import_node_path6.dirname)(local), { recursive: true, mode: 493 });
  if (isHard) {
    const source2 = pathInside(linkname);
    if (source2 === void 0) throw escaping(path4);
    await (0, import_promises7.copyFile)((0, import_node_path6.join)(localFolder, source2), local);
    return;
  }
  const root = await (0, import_promises7.realpath)(localFolder);
  if ((0, import_node_path6.isAbsolute)(linkname)) throw escaping(path4);
  await (0, import_promises7.symlink)(linkname, local);
  const end = await (0, import_promises7.realpath)(local).catch(() => void 0);
  if (end === void 0 || leadsOut((0, import_node_path6.relative)(root, end))) throw escaping(path4);
}
function pathInside(name) {
  if (name.startsWith("/") || name.includes("\0")) return void 0;
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.some((part) => part === ".." || import_node_path6.sep === "\\" && /[\\:]/.test(part))) return void 0;
  return parts.join(import_node_path6.sep);
}
var import_node_fs4, import_promises7, import_node_path6, import_promises8, import_tar_stream, MTIME, OWNER, BrokenArchive, escaping, leadsOut;
var init_docker_files = __esm({
  "src/builder/docker-files.ts"() {
    "use strict";
    import_node_fs4 = require("node:fs");
    import_promises7 = require("node:fs/promises");
    import_node_path6 = require("node:path");
    import_promises8 = require("node:stream/promises");
    import_tar_stream = __toESM(require_tar_stream(), 1);
    init_errors();
    init_docker_errors();
    MTIME = /* @__PURE__ */ new Date("2000-01-01T00:00:00Z");
    OWNER = { uid: 0, gid: 0, uname: "root", gname: "root", mtime: MTIME };
    BrokenArchive = class extends Error {
      constructor(options) {
        super(isError(options.cause) ? options.cause.message : "the archive broke off", options);
      }
    };
    escaping = (path4) => new UserError({
      title: `${path4} in the container would lead out of the folder that is copied`,
      hint: "The package that made it is broken or hostile: look at where it comes from."
    });
    leadsOut = (path4) => path4 === ".." || path4.startsWith(`..${import_node_path6.sep}`) || (0, import_node_path6.isAbsolute)(path4);
  }
});

// src/builder/docker-lines.ts
function collectLines(onLine) {
  const decoder = new import_node_string_decoder.StringDecoder("utf8");
  const pieces = [];
  let unfinished = "";
  const take = (text3) => {
    pieces.push(text3);
    if (!onLine) return;
    const lines2 = (unfinished + text3).split("\n");
    unfinished = lines2.pop() ?? "";
    for (const line of lines2) onLine(line.replace(/\r$/, ""));
  };
  return {
    stream: new import_node_stream.Writable({
      write(chunk, _encoding, done) {
        take(decoder.write(chunk));
        done();
      }
    }),
    end() {
      take(decoder.end());
      if (onLine && unfinished !== "") onLine(unfinished);
      unfinished = "";
      return pieces.join("");
    }
  };
}
var import_node_stream, import_node_string_decoder;
var init_docker_lines = __esm({
  "src/builder/docker-lines.ts"() {
    "use strict";
    import_node_stream = require("node:stream");
    import_node_string_decoder = require("node:string_decoder");
  }
});

// src/builder/docker-container.ts
async function removeLabelled(engine, labels) {
  const label = ourLabels(labels);
  const found = await engineCall(
    engine,
    "list containers",
    () => engine.docker.listContainers({ all: true, filters: { label } })
  );
  await Promise.all(found.map(({ Id }) => removeContainer(engine, engine.docker.getContainer(Id))));
  await removeVolumes(engine, labels);
  return found.length;
}
async function removeVolumes(engine, labels, seconds = 0) {
  const label = ourLabels(labels);
  const { Volumes } = await engineCall(
    engine,
    "list volumes",
    () => engine.docker.listVolumes({ filters: { label, dangling: ["true"] } })
  );
  const newest2 = Date.now() - seconds * 1e3;
  const found = Volumes ?? [];
  const old = found.filter(({ CreatedAt }) => seconds === 0 || Date.parse(CreatedAt ?? "") <= newest2);
  await Promise.all(old.map(({ Name }) => removeVolume(engine, Name)));
}
async function createVolume(engine, labels) {
  const options = { Labels: { ...labels, [OUR_LABEL]: "1" } };
  const volume = await engineCall(engine, "create a volume", () => engine.docker.createVolume(options));
  return volume.name;
}
async function removeVolume(engine, name) {
  await engineCall(engine, "remove a volume", async () => {
    for (let attempt = 0; ; attempt++) {
      try {
        await engine.docker.getVolume(name).remove();
        return;
      } catch (error) {
        const { statusCode } = error;
        if (statusCode === 404) return;
        if (statusCode !== 409 || attempt >= 50) throw error;
        await (0, import_promises10.setTimeout)(100);
      }
    }
  });
}
async function removeContainer(engine, container) {
  await engineCall(engine, "remove a container", async () => {
    try {
      await container.remove({ force: true, v: true });
    } catch (error) {
      const { statusCode } = error;
      const isGone = statusCode === 404 || statusCode === 409 && /in progress/.test(messageOf(error));
      if (!isGone) throw error;
    }
  });
}
var import_promises9, import_promises10, OUR_LABEL, LIFETIME_SECONDS, COPY_SECONDS, HEARTBEAT_SECONDS, Container, ourLabels;
var init_docker_container = __esm({
  "src/builder/docker-container.ts"() {
    "use strict";
    import_promises9 = require("node:stream/promises");
    import_promises10 = require("node:timers/promises");
    init_errors();
    init_docker_engine();
    init_docker_errors();
    init_docker_files();
    init_docker_lines();
    OUR_LABEL = "wsgi-lambda";
    LIFETIME_SECONDS = 6 * 60 * 60;
    COPY_SECONDS = 20 * 60;
    HEARTBEAT_SECONDS = 20;
    Container = class _Container {
      #engine;
      #container;
      #signal;
      #onAbort;
      #removal;
      static async create(engine, { image, labels, signal, host }) {
        signal?.throwIfAborted();
        const created = await engineCall(
          engine,
          "create a container",
          () => engine.docker.createContainer({
            Image: image,
            User: "0:0",
            WorkingDir: "/",
            Entrypoint: ["/bin/sh", "-c", `trap 'exit 0' TERM; sleep ${LIFETIME_SECONDS} & wait`],
            Cmd: [],
            Labels: { ...labels, [OUR_LABEL]: "1" },
            HostConfig: { ...host, AutoRemove: true }
          })
        );
        const container = new _Container(engine, created, signal);
        try {
          signal?.throwIfAborted();
          await engineCall(engine, "start a container", () => created.start());
          signal?.throwIfAborted();
          return container;
        } catch (error) {
          await container.remove();
          signal?.throwIfAborted();
          throw error;
        }
      }
      constructor(engine, container, signal) {
        this.#engine = engine;
        this.#container = container;
        this.#signal = signal;
        this.#onAbort = () => {
          this.remove().catch(() => void 0);
        };
        signal?.addEventListener("abort", this.#onAbort, { once: true });
      }
      get id() {
        return this.#container.id;
      }
      /**
       * Runs a program to its end. A failing exit code is an answer, except of a full disk.
       *
       * @throws UserError when the container or the engine went away, or the disk is full
       */
      async exec(command, { cwd, env, user = "0:0", onLine }) {
        const exec2 = await this.#call(
          "run a program in the container",
          () => this.#container.exec({
            Cmd: [...command],
            Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
            WorkingDir: cwd,
            User: user,
            AttachStdout: true,
            AttachStderr: true
          })
        );
        const stream = await this.#call("run a program in the container", () => exec2.start({ hijack: true, stdin: false }));
        const stdout = collectLines(onLine);
        const stderr = collectLines(onLine);
        this.#engine.docker.modem.demuxStream(stream, stdout.stream, stderr.stream);
        const heartbeat = this.#watch(stream);
        try {
          await (0, import_promises9.finished)(stream, { writable: false });
        } catch (error) {
          this.#signal?.throwIfAborted();
          throw engineError(error, "follow a program in the container", this.#engine.address);
        } finally {
          clearInterval(heartbeat);
          stream.destroy();
        }
        const exitCode = await this.#exitCode(() => exec2.inspect());
        const completed = { exitCode, stdout: stdout.end(), stderr: stderr.end() };
        const said2 = `${completed.stderr}
${completed.stdout}`;
        if (exitCode !== 0 && saysDiskFull(said2)) throw diskFull(lastLines(said2));
        return completed;
      }
      /** Starts a program that is talked to over its standard streams, for as long as the container lives. */
      async converse(command, output) {
        const doing = "run a program in the container";
        const exec2 = await this.#call(
          doing,
          () => this.#container.exec({ Cmd: [...command], User: "0:0", AttachStdin: true, AttachStdout: true })
        );
        const stream = await this.#call(doing, () => exec2.start({ hijack: true, stdin: true }));
        this.#engine.docker.modem.demuxStream(stream, output, output);
        return stream;
      }
      /** A connection can die without a word. Then the engine no longer answers either. */
      #watch(stream) {
        return setInterval(() => {
          engineCall(this.#engine, "show the container", () => this.#container.inspect(), HEARTBEAT_SECONDS).catch(
            (error) => stream.destroy(error)
          );
        }, HEARTBEAT_SECONDS * 1e3);
      }
      /** The output ends a moment before the engine knows the exit code. */
      async #exitCode(inspect2) {
        for (let attempt = 0; attempt < 100; attempt++) {
          const { Running, ExitCode } = await this.#call("tell the exit code of a program", inspect2);
          if (!Running && ExitCode !== null) {
            if (ExitCode === 137) await this.#refuseIfGone();
            return ExitCode;
          }
          await (0, import_promises10.setTimeout)(20 + attempt * 2);
        }
        throw new UserError({
          title: "A program in the container closed its output and did not end",
          hint: "Something that it started may still be running."
        });
      }
      /** A program is killed together with its container, and the engine may tell of the program first. */
      async #refuseIfGone() {
        for (let attempt = 0; attempt < 5; attempt++) {
          const doing = "wait for a program";
          const { State } = await this.#call(doing, () => this.#container.inspect());
          if (!State.Running) throw engineError(new Error("The container is not running"), doing, this.#engine.address);
          await (0, import_promises10.setTimeout)(100);
        }
      }
      /** Unpacks an archive at a folder that is there. A failure to read what is packed is thrown as it is. */
      async put(archive, folder) {
        let unreadable4;
        archive.on("error", (error) => {
          unreadable4 ??= error;
        });
        try {
          const body = archive;
          await this.#call(
            "take files into the container",
            () => this.#container.putArchive(body, { path: folder }),
            COPY_SECONDS
          );
        } catch (error) {
          throw unreadable4 ?? error;
        } finally {
          archive.destroy();
        }
      }
      async putFile(path4, content) {
        await this.put(packFiles([{ path: path4.replace(/^\//, ""), content }]), "/");
      }
      /** Copies the content of a folder to a local one, which must not exist. Failures to write are thrown as they are. */
      async take(folder, localFolder) {
        const doing = "give files out of the container";
        const archive = await this.#call(
          doing,
          () => this.#container.getArchive({ path: `${folder}/.` })
        );
        const late = setTimeout(() => archive.destroy(new EngineTimeout(COPY_SECONDS)), COPY_SECONDS * 1e3);
        try {
          await unpackFolder(archive, localFolder);
        } catch (error) {
          this.#signal?.throwIfAborted();
          if (error instanceof BrokenArchive) throw engineError(error.cause, doing, this.#engine.address);
          if (!saysDiskFull(messageOf(error))) throw error;
          throw new UserError(
            {
              title: `The disk is full at ${localFolder}`,
              detail: messageOf(error),
              hint: "Free some space and run again."
            },
            { cause: error }
          );
        } finally {
          clearTimeout(late);
          archive.destroy();
        }
      }
      /** Keeps what the container's file system is now as an image with this configuration, and answers the image's id. */
      async commit(labels, comment) {
        const { Id } = await this.#call(
          "keep the container as an image",
          // The body is the configuration to lay over the container's, which has neither variables nor mounts of ours.
          () => this.#container.commit({ comment, _query: { container: this.id, comment }, _body: { Labels: labels } }),
          COPY_SECONDS
        );
        return Id;
      }
      /** Safe to call at any time and more than once. */
      remove() {
        this.#signal?.removeEventListener("abort", this.#onAbort);
        this.#removal ??= removeContainer(this.#engine, this.#container);
        return this.#removal;
      }
      [Symbol.asyncDispose]() {
        return this.remove();
      }
      async #call(doing, call, seconds) {
        try {
          this.#signal?.throwIfAborted();
          return await engineCall(this.#engine, doing, call, seconds);
        } catch (error) {
          this.#signal?.throwIfAborted();
          throw error;
        }
      }
    };
    ourLabels = (labels) => Object.entries({ ...labels, [OUR_LABEL]: "1" }).map(([name, value]) => `${name}=${value}`);
  }
});

// src/builder/docker-environment.ts
function environmentInside(environment, { hasAuthorities }) {
  const env = {};
  const dropped = [];
  for (const [name, value] of Object.entries(environment)) {
    if (!PASSED_ON.test(name)) continue;
    if (/^([/~]|\.\.?[/\\]|[A-Za-z]:[/\\]|file:)/.test(value)) dropped.push(name);
    else env[name] = value;
  }
  const authorities = hasAuthorities ? {
    SSL_CERT_FILE: AUTHORITIES_INSIDE,
    // uv, OpenSSL, newer pip
    PIP_CERT: AUTHORITIES_INSIDE,
    REQUESTS_CA_BUNDLE: AUTHORITIES_INSIDE,
    CURL_CA_BUNDLE: AUTHORITIES_INSIDE
    // dnf and yum, by libcurl
  } : {};
  return { env: { ...env, UV_PYTHON_DOWNLOADS: "never", ...authorities }, dropped };
}
function withOnly(names, command, python) {
  const program = [
    "import os, sys",
    "names, command = sys.argv[1].split(), sys.argv[2:]",
    "os.execvpe(command[0], command, {name: os.environ[name] for name in names if name in os.environ})"
  ];
  return [python, "-I", "-S", "-c", program.join("; "), [...IMAGES_OWN, ...names].join(" "), ...command];
}
var TOOLS_INSIDE, AUTHORITIES_INSIDE, PASSED_ON, IMAGES_OWN;
var init_docker_environment = __esm({
  "src/builder/docker-environment.ts"() {
    "use strict";
    TOOLS_INSIDE = "/opt/wsgi-lambda";
    AUTHORITIES_INSIDE = "/wsgi-lambda-authorities.pem";
    PASSED_ON = /^(PIP_|UV_|(HTTPS?|ALL|NO|FTP)_PROXY$)/i;
    IMAGES_OWN = ["PATH", "LD_LIBRARY_PATH"];
  }
});

// src/builder/docker-pull.ts
async function imageIfThere(engine, name) {
  return engineCall(engine, `look for the image ${name}`, async () => {
    try {
      const { Id, Architecture, Config } = await engine.docker.getImage(name).inspect();
      const labels = Config.Labels;
      return { id: Id, architecture: Architecture, labels: labels ?? {} };
    } catch (error) {
      if (error.statusCode === 404) return void 0;
      throw error;
    }
  });
}
async function ensureBaseImage(engine, name, architecture, { report, signal }) {
  const wanted = architecture === "arm64" ? "arm64" : "amd64";
  const local = await imageIfThere(engine, name);
  if (local?.architecture === wanted) return local;
  await pull(engine, name, `linux/${wanted}`, { report, signal });
  const pulled = await imageIfThere(engine, name);
  if (pulled?.architecture === wanted) return pulled;
  throw new UserError({
    title: `${name} is not published for ${architecture}`,
    detail: pulled ? `What was pulled is for ${pulled.architecture}.` : "The engine does not have it after the pull.",
    hint: `Choose a base-image for linux/${wanted}, or the other architecture.`
  });
}
async function pull(engine, name, platform, { report, signal }) {
  report.info(`Pull ${name} for ${platform}`);
  try {
    const reference = /[@]|:[^/]*$/.test(name) ? name : `${name}:latest`;
    const stream = await engineCall(
      engine,
      `pull ${name}`,
      () => engine.docker.pull(reference, { platform, ...signal && { abortSignal: signal } }),
      SILENCE_SECONDS
    );
    await followPull(engine, stream, report);
  } catch (error) {
    signal?.throwIfAborted();
    const said2 = error instanceof UserError ? error.detail ?? error.title : messageOf(error);
    throw saysDiskFull(said2) ? diskFull(said2) : new UserError(pullProblem(name, platform, said2), { cause: error });
  }
}
async function followPull(engine, stream, report) {
  let failure;
  const fall = () => {
    stream.destroy(new EngineTimeout(SILENCE_SECONDS));
  };
  let silence = setTimeout(fall, SILENCE_SECONDS * 1e3);
  try {
    await new Promise((resolve11, reject) => {
      engine.docker.modem.followProgress(
        stream,
        (error) => {
          if (error) reject(error);
          else resolve11();
        },
        (record2) => {
          clearTimeout(silence);
          silence = setTimeout(fall, SILENCE_SECONDS * 1e3);
          failure ??= record2.error;
          report.progress(["Pull", record2.id, record2.status, record2.progress].filter(Boolean).join(" "));
        }
      );
      stream.once("error", reject);
    });
  } finally {
    clearTimeout(silence);
  }
  if (failure !== void 0) throw new Error(failure);
}
function pullProblem(name, platform, said2) {
  const title = `The image ${name} could not be pulled for ${platform}`;
  const byHand = `Try by hand, which shows more and uses your sign-in: docker pull --platform ${platform} ${name}`;
  if (/no such host|dial tcp|i\/o timeout|connection refused|TLS handshake|server misbehaving|no answer within/i.test(
    said2
  ))
    return {
      title,
      detail: said2,
      hint: `The engine does not reach the registry: look at its network, proxy and DNS. ${byHand}. Or use builder: host.`
    };
  if (/x509|certificate/i.test(said2))
    return {
      title,
      detail: said2,
      hint: `The engine does not trust the registry's certificate: give it your authority. ${byHand}`
    };
  if (/unauthorized|denied|authentication required|no basic auth/i.test(said2))
    return {
      title,
      detail: said2,
      hint: `Sign in and pull it before (docker login, ${byHand.split(": ").at(-1) ?? ""}); expired sign-ins to public.ecr.aws fail too: docker logout public.ecr.aws.`
    };
  if (/toomanyrequests|rate limit/i.test(said2))
    return {
      title,
      detail: said2,
      hint: `The registry limits anonymous pulls: sign in (docker login), or wait. ${byHand}`
    };
  if (/manifest|not found|no matching/i.test(said2))
    return { title, detail: said2, hint: `Correct base-image: no such name or tag, or not for ${platform}. ${byHand}` };
  return { title, detail: said2, hint: byHand };
}
var SILENCE_SECONDS;
var init_docker_pull = __esm({
  "src/builder/docker-pull.ts"() {
    "use strict";
    init_errors();
    init_docker_engine();
    init_docker_errors();
    SILENCE_SECONDS = 180;
  }
});

// src/builder/docker-check.ts
async function findSandbox(engine, target, options) {
  const { toolsFolder, otherwise } = options;
  const own = await imageIfThere(engine, target.image);
  const isRuntimes = own?.architecture === goName(target.architecture);
  const image = isRuntimes ? { name: target.image, id: own.id, python: `/var/lang/bin/python${target.pythonMinor}` } : { name: "the builder's image", ...otherwise };
  const [unpack4, program] = await Promise.all(
    ["unpack_artifact.py", "check_artifact.py"].map((name) => (0, import_promises11.readFile)((0, import_node_path7.join)(toolsFolder, name), "utf8"))
  );
  const place = {
    ...options,
    engine,
    image: image.id,
    python: image.python,
    unpack: unpack4 ?? "",
    program: program ?? ""
  };
  return {
    image: image.name,
    identity: `${image.id} ${(0, import_node_crypto2.createHash)("sha256").update(JSON.stringify([unpack4, program])).digest("hex")}`,
    check: async (zip, given) => {
      try {
        return await checkIn(place, zip, given);
      } catch (error) {
        const isForeign = goName(target.architecture) !== engine.architecture && error instanceof UserError;
        options.signal?.throwIfAborted();
        if (isForeign) return { kind: "foreign" };
        throw error;
      }
    }
  };
}
async function checkIn(place, zip, options) {
  const { engine, labels, signal } = place;
  signal?.throwIfAborted();
  await removeVolumes(engine, {}, ABANDONED_SECONDS).catch(() => void 0);
  const volume = await createVolume(engine, labels);
  try {
    await fill2(place, volume, zip);
    return await runIn(place, volume, options);
  } finally {
    await removeVolume(engine, volume);
  }
}
async function fill2({ engine, image, python, unpack: unpack4, labels, signal }, volume, zip) {
  var _stack = [];
  try {
    const host = { NetworkMode: "none", Mounts: [taskRoot(volume, "writable")] };
    const container = __using(_stack, await Container.create(engine, { image, labels, signal, host }), true);
    await container.put(packZip(zip), "/");
    const command = [python, "-I", "-S", "-c", unpack4, `/${ZIP_INSIDE}`, TASK_ROOT];
    const { exitCode, stderr } = await container.exec(command, { cwd: "/", env: {} });
    if (exitCode === 0) return;
    throw new UserError({
      title: `The artifact ${zip} cannot be unpacked`,
      detail: lastLines(stderr),
      hint: "Build it anew. If that does not help, this is a defect of wsgi-lambda: please report it."
    });
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    var _promise = __callDispose(_stack, _error, _hasError);
    _promise && await _promise;
  }
}
async function runIn(place, volume, { request: request2, env, memory, seconds }) {
  const { engine, image, python, program, labels, signal } = place;
  const late = AbortSignal.timeout(seconds * 1e3);
  const ending = signal ? AbortSignal.any([signal, late]) : late;
  try {
    var _stack = [];
    try {
      const host = confinement(volume, memory);
      const container = __using(_stack, await Container.create(engine, { image, labels, signal: ending, host }), true);
      const command = withOnly(Object.keys(env), [python, "-c", RUN, program, request2], python);
      const completed = await container.exec(command, { cwd: TASK_ROOT, env, user: LAMBDA_USER });
      return { kind: "ended", ...completed };
    } catch (_) {
      var _error = _, _hasError = true;
    } finally {
      var _promise = __callDispose(_stack, _error, _hasError);
      _promise && await _promise;
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (late.aborted) return { kind: "late" };
    throw error;
  }
}
function confinement(volume, memory) {
  const bytes = memory === void 0 ? void 0 : memory * 1024 * 1024;
  return {
    ReadonlyRootfs: true,
    NetworkMode: "none",
    IpcMode: "none",
    Mounts: [taskRoot(volume, "read-only")],
    Tmpfs: { "/tmp": `rw,exec,nosuid,nodev,mode=1777,size=${TEMPORARY_MB}m` },
    CapDrop: ["ALL"],
    SecurityOpt: ["no-new-privileges"],
    PidsLimit: MOST_PROCESSES,
    ...bytes !== void 0 && { Memory: bytes, MemorySwap: bytes }
  };
}
function taskRoot(volume, access) {
  return {
    Type: "volume",
    Source: volume,
    Target: TASK_ROOT,
    ReadOnly: access === "read-only",
    VolumeOptions: { NoCopy: true, Labels: {}, DriverConfig: { Name: "", Options: {} } }
  };
}
function packZip(path4) {
  const archive = (0, import_tar_stream2.pack)();
  addZip(archive, path4).then(
    () => {
      archive.finalize();
    },
    (error) => {
      archive.destroy(error);
    }
  );
  return archive;
}
async function addZip(archive, path4) {
  const { size } = await (0, import_promises11.stat)(path4);
  await (0, import_promises12.pipeline)((0, import_node_fs5.createReadStream)(path4), archive.entry({ name: ZIP_INSIDE, size, mode: 420 }));
}
var import_node_crypto2, import_node_fs5, import_promises11, import_node_path7, import_promises12, import_tar_stream2, TASK_ROOT, ZIP_INSIDE, ABANDONED_SECONDS, LAMBDA_USER, TEMPORARY_MB, MOST_PROCESSES, goName, RUN;
var init_docker_check = __esm({
  "src/builder/docker-check.ts"() {
    "use strict";
    import_node_crypto2 = require("node:crypto");
    import_node_fs5 = require("node:fs");
    import_promises11 = require("node:fs/promises");
    import_node_path7 = require("node:path");
    import_promises12 = require("node:stream/promises");
    import_tar_stream2 = __toESM(require_tar_stream(), 1);
    init_errors();
    init_docker_container();
    init_docker_environment();
    init_docker_errors();
    init_docker_pull();
    TASK_ROOT = "/var/task";
    ZIP_INSIDE = "wsgi-lambda-artifact.zip";
    ABANDONED_SECONDS = 6 * 60 * 60;
    LAMBDA_USER = "993:990";
    TEMPORARY_MB = 512;
    MOST_PROCESSES = 1024;
    goName = (architecture) => architecture === "arm64" ? "arm64" : "amd64";
    RUN = 'import sys; exec(compile(sys.argv.pop(1), "check_artifact.py", "exec"))';
  }
});

// src/store/hash.ts
async function sha256Of(path4) {
  const hash = (0, import_node_crypto3.createHash)("sha256");
  const file = await (0, import_promises13.open)(path4);
  try {
    const { size } = await file.stat();
    const buffer2 = Buffer.allocUnsafe(Math.max(1, Math.min(CHUNK_BYTES, size)));
    for (; ; ) {
      const bytesRead = (0, import_node_fs6.readSync)(file.fd, buffer2);
      if (bytesRead === 0) return hash.digest();
      hash.update(buffer2.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}
var import_node_crypto3, import_node_fs6, import_promises13, CHUNK_BYTES;
var init_hash = __esm({
  "src/store/hash.ts"() {
    "use strict";
    import_node_crypto3 = require("node:crypto");
    import_node_fs6 = require("node:fs");
    import_promises13 = require("node:fs/promises");
    CHUNK_BYTES = 1 << 20;
  }
});

// src/builder/docker-context.ts
async function contextFiles(folder) {
  const isIgnored2 = dockerIgnore(await (0, import_promises14.readFile)((0, import_node_path8.join)(folder, ".dockerignore"), "utf8").catch(() => ""));
  const entries = await (0, import_promises14.readdir)(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => {
    const file = (0, import_node_path8.join)(entry.parentPath, entry.name);
    return { path: file.slice(folder.length + 1).replaceAll("\\", "/"), file };
  }).filter(({ path: path4 }) => !isIgnored2(path4)).toSorted((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
}
function dockerIgnore(text3) {
  const rules = text3.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#")).map((line) => {
    const isKept = line.startsWith("!");
    const pattern = (isKept ? line.slice(1) : line).trim().replace(/^\.?\/+|\/+$/g, "");
    return { isKept, pattern: new RegExp(`^${asExpression(pattern)}$`, "s") };
  });
  return (path4) => {
    const parts = path4.split("/");
    const above = parts.map((_, index) => parts.slice(0, index + 1).join("/"));
    return rules.reduce(
      (ignored, { isKept, pattern }) => above.some((part) => pattern.test(part)) ? !isKept : ignored,
      false
    );
  };
}
function asExpression(pattern) {
  return pattern.replace(/\*\*\/?|\*|\?|\[(?:\\.|[^\]])*\]|\\.|[.+^${}()|\\[\]]/g, (part) => {
    if (part === "**/") return "(?:.*/)?";
    if (part === "**") return ".*";
    if (part === "*") return "[^/]*";
    if (part === "?") return "[^/]";
    if (part.startsWith("[") && part.length > 1) return part;
    return part.length > 1 ? part : `\\${part}`;
  });
}
var import_promises14, import_node_path8;
var init_docker_context = __esm({
  "src/builder/docker-context.ts"() {
    "use strict";
    import_promises14 = require("node:fs/promises");
    import_node_path8 = require("node:path");
  }
});

// src/builder/docker-dockerfile.ts
async function ensureDockerfileImage(engine, target, dockerfile, report) {
  const { file } = dockerfile;
  if (!(await (0, import_promises15.stat)(file).catch(() => void 0))?.isFile())
    throw new UserError(
      { title: `dockerfile: ${file} is not a file`, hint: "The path is relative to the project." },
      { exitCode: 2 }
    );
  const files = await contextFiles((0, import_node_path9.dirname)(file));
  const key = await dockerfileKey(target, dockerfile, files);
  const tag = `${REPOSITORY}:${key}`;
  if (await imageIfThere(engine, tag)) return { tag, key };
  await report.phase(`Build ${(0, import_node_path9.basename)(file)}`, async () => {
    const command = await buildKitCommand(dockerfile, engine);
    if (command) await buildByCommand(command, tag, target, dockerfile, engine, report);
    else await buildByEngine(engine, tag, target, dockerfile, files, report);
  });
  return { tag, key };
}
async function dockerfileKey({ architecture }, { file, buildArgs, secrets }, files) {
  const parts = [architecture, (0, import_node_path9.basename)(file), Object.entries(buildArgs).sort(), [...secrets.keys()].sort()];
  const hash = (0, import_node_crypto4.createHash)("sha256").update(JSON.stringify(parts));
  hash.update(await (0, import_promises15.readFile)(file));
  for (const { path: path4, file: content } of files) {
    hash.update(`\0${path4}\0`).update(await sha256Of(content));
  }
  return hash.digest("hex").slice(0, 32);
}
async function buildKitCommand({ run: run3, environment }, engine) {
  const env = { ...environment, DOCKER_HOST: engine.address, DOCKER_BUILDKIT: "1" };
  const ask = (...args) => run3(["docker", ...args], { cwd: "/", env }).catch(() => void 0);
  if ((await ask("buildx", "version"))?.exitCode === 0)
    return { command: ["docker", "buildx", "build", "--builder", "default", "--load", "--progress", "plain"], env };
  const version = (await ask("version", "--format", "{{.Client.Version}}"))?.stdout ?? "";
  const major = Number.parseInt(version, 10);
  return major >= 19 && major < 23 ? { command: ["docker", "build", "--progress", "plain"], env } : void 0;
}
async function buildByCommand({ command, env }, tag, { architecture }, { file, buildArgs, secrets, isWithSsh, run: run3 }, engine, report) {
  const folder = await (0, import_promises15.mkdtemp)((0, import_node_path9.join)((0, import_node_os4.tmpdir)(), "wsgi-lambda-secrets-"));
  try {
    for (const [id, content] of secrets) await (0, import_promises15.writeFile)((0, import_node_path9.join)(folder, id), content, { mode: 384 });
    const given = argumentsOf(buildArgs);
    const options = [
      ...["--platform", platformOf(architecture), "--tag", tag, "--file", file],
      ...given.options,
      ...[...secrets.keys()].flatMap((id) => ["--secret", `id=${id},src=${(0, import_node_path9.join)(folder, id)}`]),
      ...isWithSsh ? ["--ssh", "default"] : []
    ];
    const { exitCode, stdout, stderr } = await run3([...command, ...options, (0, import_node_path9.dirname)(file)], {
      cwd: (0, import_node_path9.dirname)(file),
      env: { ...env, ...given.env },
      onLine: follow(report)
    });
    if (exitCode !== 0) throw buildFailure(file, `${stdout}
${stderr}`);
    if (!await imageIfThere(engine, tag))
      throw buildFailure(file, `The docker command made no image at ${engine.address}.`);
  } finally {
    await (0, import_promises15.rm)(folder, { recursive: true, force: true });
  }
}
function argumentsOf(buildArgs) {
  const all = Object.entries(buildArgs);
  return {
    options: all.flatMap(([name, value]) => ["--build-arg", HEEDED.test(name) ? `${name}=${value}` : name]),
    env: Object.fromEntries(all.filter(([name]) => !HEEDED.test(name)))
  };
}
async function buildByEngine(engine, tag, { architecture }, { file, buildArgs, secrets, isWithSsh }, files, report) {
  if (/^\s*RUN\b.*--mount=type=(?:secret|ssh)/m.test(await (0, import_promises15.readFile)(file, "utf8")) && (secrets.size > 0 || isWithSsh))
    throw new UserError({
      title: `${(0, import_node_path9.basename)(file)} mounts a secret or the SSH agent, which needs the docker command with BuildKit`,
      detail: "Only that command hands them over; the engine itself was found without it.",
      hint: "Install the docker command with its buildx plugin on this machine."
    });
  const archive = (0, import_tar_stream3.pack)();
  const packing = packContext(archive, files, file);
  const stream = await engineCall(
    engine,
    `build ${(0, import_node_path9.basename)(file)}`,
    () => engine.docker.buildImage(archive, {
      t: tag,
      dockerfile: (0, import_node_path9.basename)(file),
      buildargs: { ...buildArgs },
      platform: platformOf(architecture),
      rm: true,
      forcerm: true
    }),
    BUILD_MINUTES * 60
  );
  await packing;
  const said2 = [];
  let failure;
  await new Promise((resolve11, reject) => {
    engine.docker.modem.followProgress(
      stream,
      (error) => {
        if (error) reject(error);
        else resolve11();
      },
      (record2) => {
        failure ??= record2.error;
        const line = (record2.stream ?? record2.error ?? "").trim();
        if (line === "") return;
        said2.push(line);
        follow(report)(line);
      }
    );
  }).catch((error) => {
    failure ??= messageOf(error);
  });
  if (failure !== void 0) throw buildFailure(file, said2.join("\n"));
}
async function packContext(archive, files, dockerfile) {
  const all = new Map([[(0, import_node_path9.basename)(dockerfile), dockerfile], ...files.map(({ path: path4, file }) => [path4, file])]);
  try {
    for (const [name, file] of all) {
      const { size, mode } = await (0, import_promises15.stat)(file);
      await (0, import_promises16.pipeline)((0, import_node_fs7.createReadStream)(file), archive.entry({ name, size, mode: mode & 511 }));
    }
    archive.finalize();
  } catch (error) {
    archive.destroy(error);
  }
}
function buildFailure(file, output) {
  if (saysDiskFull(output)) return diskFull(lastLines(output));
  return new UserError({
    title: `${(0, import_node_path9.basename)(file)} could not be built`,
    detail: lastLines(output),
    hint: /requires BuildKit/i.test(output) ? "It uses what only BuildKit has (RUN --mount): install the docker command with its buildx plugin on this machine." : stepAdvice(output),
    output
  });
}
var import_node_crypto4, import_node_fs7, import_promises15, import_node_os4, import_node_path9, import_promises16, import_tar_stream3, REPOSITORY, BUILD_MINUTES, HEEDED, platformOf, follow;
var init_docker_dockerfile = __esm({
  "src/builder/docker-dockerfile.ts"() {
    "use strict";
    import_node_crypto4 = require("node:crypto");
    import_node_fs7 = require("node:fs");
    import_promises15 = require("node:fs/promises");
    import_node_os4 = require("node:os");
    import_node_path9 = require("node:path");
    import_promises16 = require("node:stream/promises");
    import_tar_stream3 = __toESM(require_tar_stream(), 1);
    init_errors();
    init_hash();
    init_docker_context();
    init_docker_engine();
    init_docker_errors();
    init_docker_pull();
    REPOSITORY = "wsgi-lambda-dockerfile";
    BUILD_MINUTES = 60;
    HEEDED = new RegExp(
      `^(?:${[
        ...[
          "PATH",
          "HOME",
          "TMPDIR",
          "GODEBUG",
          "(?:LD|DYLD|BUILDX|BUILDKIT|XDG)_.*",
          "SSL_CERT_.*",
          "SSH_(?:AUTH_SOCK|ASKPASS)"
        ],
        "DOCKER_(?:HOST|CONFIG|CONTEXT|CERT_PATH|TLS.*|API_VERSION|BUILDKIT|DEFAULT_PLATFORM|CUSTOM_HEADERS|CLI_.*)",
        "GIT_(?:EXEC_PATH|SSH|SSH_COMMAND|ASKPASS|PROXY_COMMAND|CONFIG.*|DIR|WORK_TREE|TRACE.*)"
      ].join("|")})$`,
      "i"
    );
    platformOf = (architecture) => architecture === "arm64" ? "linux/arm64" : "linux/amd64";
    follow = (report) => (line) => {
      report.progress(line);
      report.debug(line);
    };
  }
});

// src/builder/docker-setup.ts
function installCommands(manager, packages) {
  if (packages.length === 0) return [];
  const { before, install, after } = COMMANDS[manager];
  return [...before, [...install, ...packages], ...after];
}
function pythonPackages(facts, minor) {
  const isThere2 = facts.python !== void 0 && facts.hasPip;
  return isThere2 || facts.packageManager === void 0 ? [] : COMMANDS[facts.packageManager].python(minor);
}
function lackingEquipment({ programs }, equipment) {
  return equipment.filter((piece) => PROGRAMS[piece].some((program) => !programs.includes(program)));
}
function equipmentPackages(manager, equipment) {
  return equipment.flatMap((piece) => COMMANDS[manager].equipment[piece]);
}
function headerPackages(facts, minor, equipment) {
  const isNeeded = equipment.includes("compilers") && !facts.hasHeaders;
  return isNeeded && facts.packageManager !== void 0 ? COMMANDS[facts.packageManager].headers(minor) : [];
}
function equipmentRecipe(minor) {
  return PACKAGE_MANAGERS.map((manager) => [COMMANDS[manager].equipment, COMMANDS[manager].headers(minor)]);
}
function wrongPackageNames(systemPackages) {
  const wrong2 = systemPackages.filter((name) => !PACKAGE_NAME.test(name));
  if (wrong2.length === 0) return void 0;
  return {
    title: `system-packages: ${wrong2.map((name) => `"${name}"`).join(", ")} cannot be the name of a package`,
    hint: "One name a line, as the package manager of the image knows it: libpq-devel."
  };
}
function parseFacts(output) {
  const values = /* @__PURE__ */ new Map();
  for (const line of output.split("\n")) {
    const [, name, value] = /^([a-z-]+)=(.+)$/.exec(line.trim()) ?? [];
    if (name !== void 0 && value !== void 0) values.set(name, [...values.get(name) ?? [], value]);
  }
  const first = (name) => values.get(name)?.[0];
  return {
    packageManager: PACKAGE_MANAGERS.find((manager) => manager === first("package-manager")),
    machine: first("machine") ?? "",
    glibc: first("glibc"),
    python: first("python"),
    pythonVersion: first("python-version"),
    hasPip: first("pip") === "yes",
    hasHeaders: first("headers") === "yes",
    programs: [...new Set(values.get("program") ?? [])],
    otherPythons: [...new Set(values.get("other-python") ?? [])]
  };
}
function unfitProblem(image, facts, target, stage2) {
  const hint = `Leave base-image out to use ${target.image}, or name an image for ${target.runtime} on ${target.architecture}.`;
  const machine = target.architecture === "arm64" ? "aarch64" : "x86_64";
  if (facts.machine !== machine && !(machine === "aarch64" && facts.machine === "arm64")) {
    return { title: `${image} runs on ${facts.machine}, and ${target.architecture} is what is built for`, hint };
  }
  if (facts.glibc === void 0) {
    return {
      title: `${image} has no GNU C library`,
      detail: `Lambda has glibc ${target.glibc}. Images with another C library (Alpine) take other wheels.`,
      hint
    };
  }
  if (isOlder(facts.glibc, target.glibc)) {
    return {
      title: `${image} has glibc ${facts.glibc}, older than the ${target.glibc} of ${target.runtime}`,
      detail: "Wheels that are right for Lambda would not load in it.",
      hint
    };
  }
  const canInstall = stage2 === "found" && facts.packageManager !== void 0;
  if ((facts.python === void 0 || !facts.hasPip) && !canInstall) {
    const others = facts.otherPythons.length > 0 ? ` It has Python ${facts.otherPythons.join(", ")}.` : "";
    return {
      title: `${image} has no Python ${target.pythonMinor}${facts.python === void 0 ? "" : " with pip"}`,
      detail: `${facts.packageManager === void 0 ? "Nor does it have a package manager." : `Nor does ${facts.packageManager} bring it.`}${others}`,
      hint
    };
  }
  return void 0;
}
function isOlder(version, than) {
  const [left, right] = [version, than].map((text3) => text3.split(".").map(Number));
  for (let index = 0; index < Math.max(left?.length ?? 0, right?.length ?? 0); index++) {
    const difference2 = (left?.[index] ?? 0) - (right?.[index] ?? 0);
    if (difference2 !== 0) return difference2 < 0;
  }
  return false;
}
var PACKAGE_MANAGERS, FEDORA, COMMANDS, PROGRAMS, PACKAGE_NAME;
var init_docker_setup = __esm({
  "src/builder/docker-setup.ts"() {
    "use strict";
    PACKAGE_MANAGERS = ["dnf", "microdnf", "yum", "apt-get"];
    FEDORA = {
      python: (minor) => [`python${minor}`, `python${minor}-pip`],
      headers: (minor) => [`python${minor}-devel`],
      equipment: {
        git: ["git-core", "openssh-clients"],
        compilers: ["gcc", "gcc-c++", "make", "pkgconfig"],
        rust: ["rust", "cargo"]
      }
    };
    COMMANDS = {
      dnf: {
        before: [],
        install: ["dnf", "install", "-y", "--setopt=install_weak_deps=0"],
        after: [["dnf", "clean", "all"]],
        ...FEDORA
      },
      microdnf: {
        before: [],
        install: ["microdnf", "install", "-y", "--setopt=install_weak_deps=0"],
        after: [["microdnf", "clean", "all"]],
        ...FEDORA
      },
      yum: {
        before: [],
        install: ["yum", "install", "-y"],
        after: [["yum", "clean", "all"]],
        ...FEDORA
      },
      "apt-get": {
        before: [["apt-get", "update", "-q"]],
        install: ["apt-get", "install", "-y", "-q", "--no-install-recommends"],
        after: [
          ["apt-get", "clean"],
          ["find", "/var/lib/apt/lists", "-mindepth", "1", "-delete"]
        ],
        python: (minor) => [`python${minor}`, "python3-pip"],
        headers: (minor) => [`libpython${minor}-dev`],
        equipment: {
          git: ["git", "openssh-client", "ca-certificates"],
          compilers: ["gcc", "g++", "make", "libc6-dev", "pkg-config"],
          rust: ["rustc", "cargo"]
        }
      }
    };
    PROGRAMS = {
      git: ["git", "ssh"],
      compilers: ["gcc", "g++", "make"],
      rust: ["cargo"]
    };
    PACKAGE_NAME = /^[A-Za-z0-9][A-Za-z0-9+._:~=-]*$/;
  }
});

// src/builder/docker-image.ts
async function ensureBuilderImage(engine, target, options, report) {
  const base = await ensureBaseImage(engine, options.baseImage, target.architecture, { report, signal: options.signal });
  const recipe = await readRecipe(options.toolsFolder);
  const key = imageKey(options.baseKey ?? base.id, target, recipe, options.systemPackages);
  const tag = `${REPOSITORY2}:${key}`;
  const kept = await keptImage(engine, tag);
  if (kept) {
    report.debug(`${tag} is there: made from ${options.baseImage}, Python ${kept.pythonVersion}, glibc ${kept.glibc}`);
    return { ...kept, key };
  }
  const made = await report.phase(
    `Prepare the build image from ${options.baseImage}`,
    () => makeImage(engine, target, { ...options, baseId: base.id, recipe, tag }, report)
  );
  return { ...made, key };
}
async function readRecipe(toolsFolder) {
  const files = RECIPE_FILES.map(async (name) => [name, await (0, import_promises17.readFile)((0, import_node_path10.join)(toolsFolder, name))]);
  return new Map(await Promise.all(files));
}
function imageKey(baseId, target, recipe, systemPackages) {
  const nothing = parseFacts("");
  const commands = PACKAGE_MANAGERS.map((packageManager) => {
    const python = pythonPackages({ ...nothing, packageManager }, target.pythonMinor);
    return [python, systemPackages].map((packages) => installCommands(packageManager, packages));
  });
  const hash = (0, import_node_crypto5.createHash)("sha256").update(JSON.stringify([baseId, target.pythonMinor, target.architecture, commands]));
  for (const [name, content] of recipe) hash.update(`\0${name}\0${content.length}\0`).update(content);
  return hash.digest("hex").slice(0, 32);
}
async function keptImage(engine, tag) {
  const image = await imageIfThere(engine, tag);
  const label = image?.labels[FACTS_LABEL];
  if (!image || label === void 0) return void 0;
  return { ...JSON.parse(label), id: image.id };
}
async function makeImage(engine, target, making, report) {
  const { baseImage, labels, signal, authorities } = making;
  const container = await Container.create(engine, { image: making.baseId, labels, signal });
  try {
    for (const [name, content] of making.recipe) await container.putFile(`${TOOLS_INSIDE}/${name}`, content);
    if (authorities) await container.putFile(AUTHORITIES_INSIDE, authorities);
    const found = parseFacts(await runStep(container, making, probe(target), report));
    const problem = unfitProblem(baseImage, found, target, "found");
    if (problem) throw new UserError(problem);
    const facts = await installPackages(container, found, target, making, report);
    const { python, pythonVersion, glibc } = facts;
    if (python === void 0 || pythonVersion === void 0 || glibc === void 0)
      throw new Error(`probe.sh said too little about ${baseImage}`);
    await runStep(container, making, ["/bin/sh", `${TOOLS_INSIDE}/setup.sh`, python, TOOLS_INSIDE], report);
    if (authorities) await runStep(container, making, ["rm", "-f", AUTHORITIES_INSIDE], report);
    const image = { python, pythonVersion, glibc };
    const id = await container.commit(
      { ...blank(labels), [FACTS_LABEL]: JSON.stringify(image) },
      `Builds Lambda packages of Python ${target.pythonMinor}; made from ${baseImage}`
    );
    return await keep(engine, making.tag, { ...image, id });
  } finally {
    await container.remove();
  }
}
async function installPackages(container, found, target, making, report) {
  const { baseImage, systemPackages } = making;
  const manager = found.packageManager;
  if (manager === void 0) {
    if (systemPackages.length === 0) return found;
    throw new UserError({
      title: `${baseImage} has no package manager for system-packages`,
      detail: `Looked for ${PACKAGE_MANAGERS.join(", ")}.`,
      hint: "Name a base-image that has one, or one that has the packages already."
    });
  }
  let facts = found;
  const python = pythonPackages(found, target.pythonMinor);
  if (python.length > 0) {
    const failure2 = await runSteps(container, making, installCommands(manager, python), report);
    facts = parseFacts(await runStep(container, making, probe(target), report));
    const problem = unfitProblem(baseImage, facts, target, "set up");
    if (problem)
      throw new UserError({ ...problem, detail: [problem.detail, failure2?.detail].filter(Boolean).join("\n") });
  }
  const failure = await runSteps(container, making, installCommands(manager, systemPackages), report);
  if (failure) throw failure;
  return facts;
}
async function runSteps(container, making, commands, report) {
  try {
    for (const command of commands) await runStep(container, making, command, report);
  } catch (error) {
    if (error instanceof StepFailure) return error;
    throw error;
  }
  return void 0;
}
function keep(engine, tag, image) {
  return inTurn(() => nameOrDrop(engine, tag, image));
}
function inTurn(work) {
  const turn = lastTurn.then(work);
  lastTurn = turn.catch(() => void 0);
  return turn;
}
async function nameOrDrop(engine, tag, image) {
  const other = await keptImage(engine, tag);
  if (other) {
    await engineCall(engine, "remove an image", () => engine.docker.getImage(image.id).remove());
    return other;
  }
  const [repo = "", version = ""] = tag.split(":");
  await engineCall(engine, "name an image", () => engine.docker.getImage(image.id).tag({ repo, tag: version }));
  return image;
}
async function runStep(container, { env, baseImage }, command, report) {
  const { exitCode, stdout, stderr } = await container.exec(command, {
    cwd: "/",
    env: { ...env, DEBIAN_FRONTEND: "noninteractive" },
    onLine: (line) => {
      report.progress(line);
      report.debug(line);
    }
  });
  if (exitCode === 0) return stdout;
  throw new StepFailure({
    title: `${baseImage} could not be prepared: ${command.slice(0, 3).join(" ")} ended with ${exitCode}`,
    detail: lastLines(`${stdout}
${stderr}`),
    hint: stepAdvice(`${stdout}
${stderr}`)
  });
}
var import_node_crypto5, import_promises17, import_node_path10, RECIPE_FILES, FACTS_LABEL, REPOSITORY2, probe, blank, lastTurn, StepFailure;
var init_docker_image = __esm({
  "src/builder/docker-image.ts"() {
    "use strict";
    import_node_crypto5 = require("node:crypto");
    import_promises17 = require("node:fs/promises");
    import_node_path10 = require("node:path");
    init_errors();
    init_docker_container();
    init_docker_engine();
    init_docker_environment();
    init_docker_errors();
    init_docker_pull();
    init_docker_setup();
    RECIPE_FILES = ["probe.sh", "setup.sh", "uv.txt"];
    FACTS_LABEL = "wsgi-lambda.builder";
    REPOSITORY2 = "wsgi-lambda-builder";
    probe = (target) => ["/bin/sh", `${TOOLS_INSIDE}/probe.sh`, target.pythonMinor];
    blank = (labels) => Object.fromEntries(Object.keys(labels).map((name) => [name, ""]));
    lastTurn = Promise.resolve();
    StepFailure = class extends UserError {
    };
  }
});

// src/builder/docker-equipment.ts
async function ensureEquippedImage(engine, target, builderImage, equipment, options, report) {
  if (equipment.length === 0) return builderImage;
  const recipe = await Promise.all(
    RECIPE_FILES2.map(async (name) => [name, await (0, import_promises18.readFile)((0, import_node_path11.join)(options.toolsFolder, name))])
  );
  const tag = `${REPOSITORY2}:${equippedKey(builderImage.key, target.pythonMinor, equipment, recipe)}`;
  const kept = await keptImage(engine, tag);
  if (kept) return kept;
  return await report.phase(
    `Add ${equipment.join(", ")} to the build image`,
    () => makeEquipped(engine, target, builderImage, { ...options, equipment, recipe, tag }, report)
  );
}
function equippedKey(builderKey, pythonMinor, equipment, recipe) {
  const hash = (0, import_node_crypto6.createHash)("sha256").update(JSON.stringify([builderKey, equipment, equipmentRecipe(pythonMinor)]));
  for (const [name, content] of recipe) hash.update(`\0${name}\0${content.length}\0`).update(content);
  return hash.digest("hex").slice(0, 32);
}
async function makeEquipped(engine, target, builderImage, making, report) {
  const { labels, signal, authorities, equipment, baseImage } = making;
  const container = await Container.create(engine, { image: builderImage.id, labels, signal });
  try {
    for (const [name, content] of making.recipe) await container.putFile(`${TOOLS_INSIDE}/${name}`, content);
    if (authorities) await container.putFile(AUTHORITIES_INSIDE, authorities);
    const facts = parseFacts(await runStep(container, making, probe(target), report));
    await installEquipment(container, facts, target, making, report);
    if (equipment.includes("compilers"))
      await runStep(
        container,
        making,
        ["/bin/sh", `${TOOLS_INSIDE}/equip.sh`, builderImage.python, TOOLS_INSIDE],
        report
      );
    if (authorities) await runStep(container, making, ["rm", "-f", AUTHORITIES_INSIDE], report);
    const { python, pythonVersion, glibc } = builderImage;
    const id = await container.commit(
      { ...blank(labels), [FACTS_LABEL]: JSON.stringify({ python, pythonVersion, glibc }) },
      `Builds Lambda packages of Python ${target.pythonMinor} with ${equipment.join(", ")}; made from ${baseImage}`
    );
    return await keep(engine, making.tag, { python, pythonVersion, glibc, id });
  } finally {
    await container.remove();
  }
}
async function installEquipment(container, facts, target, making, report) {
  const lacking = lackingEquipment(facts, making.equipment);
  const manager = facts.packageManager;
  if (manager === void 0) {
    if (lacking.length === 0) return;
    throw new UserError({
      title: `${making.baseImage} has no ${lacking.join(" and no ")}, and no package manager that brings it`,
      detail: `Looked for ${PACKAGE_MANAGERS.join(", ")}.`,
      hint: "Make an image that has it, with a dockerfile."
    });
  }
  const packages = equipmentPackages(manager, lacking);
  const failure = await runSteps(container, making, installCommands(manager, packages), report);
  if (failure) {
    throw new UserError({
      title: `${manager} did not bring ${lacking.join(", ")} to ${making.baseImage}`,
      detail: failure.detail,
      hint: lacking.includes("rust") ? "Where the distribution has no Rust, install it in a dockerfile: RUN curl -sSf https://sh.rustup.rs | sh -s -- -y --default-toolchain stable, with CARGO_HOME=/opt/cargo and /opt/cargo/bin in PATH." : failure.hint
    });
  }
  const headers2 = headerPackages(facts, target.pythonMinor, making.equipment);
  const missing2 = await runSteps(container, making, installCommands(manager, headers2), report);
  if (missing2) report.debug(`${manager} did not bring the headers of Python: ${missing2.detail ?? ""}`);
}
var import_node_crypto6, import_promises18, import_node_path11, RECIPE_FILES2;
var init_docker_equipment = __esm({
  "src/builder/docker-equipment.ts"() {
    "use strict";
    import_node_crypto6 = require("node:crypto");
    import_promises18 = require("node:fs/promises");
    import_node_path11 = require("node:path");
    init_errors();
    init_docker_container();
    init_docker_environment();
    init_docker_image();
    init_docker_setup();
    RECIPE_FILES2 = ["equip.sh", "build-tools.txt"];
  }
});

// src/builder/docker-memory.ts
function imageMemory(engine, target, { baseImage, systemPackages }, store) {
  const key = keyOf("image", 1, baseImage, systemPackages, target.pythonMinor, target.architecture);
  let last;
  return {
    recall: async () => {
      last = await readRecord(store, "toolchains", key);
      return last && await imageIfThere(engine, baseImage) === void 0 ? last : void 0;
    },
    remember: async ({ key: imageKey2, pythonVersion, glibc }) => {
      const image = { key: imageKey2, pythonVersion, glibc };
      if (!isSame(image, last)) await writeRecord(store, "toolchains", key, image);
    }
  };
}
function isSame(a, b) {
  return a.key === b?.key && a.pythonVersion === b.pythonVersion && a.glibc === b.glibc;
}
var init_docker_memory = __esm({
  "src/builder/docker-memory.ts"() {
    "use strict";
    init_records();
    init_docker_pull();
  }
});

// src/builder/docker-ssh.ts
async function forwardAgent(container, python, agent) {
  await container.putFile(RELAY_INSIDE, agent.relay);
  await container.putFile(KNOWN_HOSTS_INSIDE, agent.knownHosts);
  let ready = () => void 0;
  const started = new Promise((resolve11) => {
    ready = () => {
      resolve11(true);
    };
    setTimeout(resolve11, START_SECONDS * 1e3, false).unref();
  });
  const connections = /* @__PURE__ */ new Map();
  const frames = new FrameReader((id, content) => {
    if (id === 0) ready();
    else deliver(id, content);
  });
  const stream = await container.converse([python, "-I", RELAY_INSIDE, AGENT_INSIDE], frames);
  stream.on("error", () => void 0);
  stream.on("close", () => {
    for (const socket of connections.values()) socket.destroy();
  });
  const deliver = (id, content) => {
    if (content.length === 0) {
      connections.get(id)?.end();
      connections.delete(id);
      return;
    }
    const socket = connections.get(id) ?? open9(id);
    socket.write(content);
  };
  const open9 = (id) => {
    const socket = (0, import_node_net.connect)(agent.socket);
    connections.set(id, socket);
    socket.on("data", (content) => stream.write(frame(id, content)));
    socket.on("error", () => void 0);
    socket.on("close", () => {
      if (connections.delete(id)) stream.write(frame(id, Buffer.alloc(0)));
    });
    return socket;
  };
  if (await started) return;
  throw new UserError({
    title: "The SSH agent could not be handed on to the container",
    detail: `The program that does it did not start within ${START_SECONDS} seconds.`,
    hint: "Run again with --verbose, or leave docker-ssh out and use a token."
  });
}
function frame(id, content) {
  const body = Buffer.from(content);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(id, 0);
  header.writeUInt32BE(body.length, 4);
  return Buffer.concat([header, body]);
}
var import_node_net, import_node_stream2, AGENT_INSIDE, RELAY_INSIDE, KNOWN_HOSTS_INSIDE, START_SECONDS, SSH_VARIABLES, HEADER_BYTES, MOST_FRAME_BYTES, FrameReader;
var init_docker_ssh = __esm({
  "src/builder/docker-ssh.ts"() {
    "use strict";
    import_node_net = require("node:net");
    import_node_stream2 = require("node:stream");
    init_errors();
    AGENT_INSIDE = "/run/wsgi-lambda-agent.sock";
    RELAY_INSIDE = "/run/wsgi-lambda-relay.py";
    KNOWN_HOSTS_INSIDE = "/run/wsgi-lambda-known-hosts";
    START_SECONDS = 20;
    SSH_VARIABLES = {
      SSH_AUTH_SOCK: AGENT_INSIDE,
      GIT_SSH_COMMAND: `ssh -o BatchMode=yes -o StrictHostKeyChecking=yes -o UserKnownHostsFile=${KNOWN_HOSTS_INSIDE}`
    };
    HEADER_BYTES = 8;
    MOST_FRAME_BYTES = 1 << 20;
    FrameReader = class extends import_node_stream2.Writable {
      #received = Buffer.alloc(0);
      #onFrame;
      constructor(onFrame) {
        super();
        this.#onFrame = onFrame;
      }
      _write(piece, _encoding, done) {
        this.#received = Buffer.concat([this.#received, piece]);
        while (this.#received.length >= HEADER_BYTES) {
          const end = HEADER_BYTES + this.#received.readUInt32BE(4);
          if (end > MOST_FRAME_BYTES) {
            done(new Error("the relay of the SSH agent sent more than an agent says"));
            return;
          }
          if (this.#received.length < end) break;
          const content = this.#received.subarray(HEADER_BYTES, end);
          this.#onFrame(this.#received.readUInt32BE(0), content);
          this.#received = this.#received.subarray(end);
        }
        done();
      }
    };
  }
});

// src/builder/docker.ts
var docker_exports = {};
__export(docker_exports, {
  createDockerBuilder: () => createDockerBuilder,
  createDockerToolchain: () => createDockerToolchain,
  removeContainers: () => removeContainers
});
async function createDockerToolchain(target, options, { report, store }) {
  const engine = await findEngine();
  if ("unreachable" in engine) throw new UserError(engine.unreachable);
  const { labels = {}, signal, toolsFolder, systemPackages, baseImage = target.image } = options;
  const memory = options.dockerfile ? void 0 : imageMemory(engine, target, { baseImage, systemPackages }, store);
  const known = await memory?.recall();
  let preparation;
  const prepare = () => preparation ??= prepareImage(target, options, report).then(async (prepared) => {
    await memory?.remember(prepared.image);
    if (known && !isSame(known, prepared.image)) throw new ToolchainChanged(baseImage);
    return prepared;
  });
  const opened = /* @__PURE__ */ new Map();
  const openWith = async (equipment) => {
    const prepared = await prepare();
    const { image, imageOptions } = prepared;
    const equipped = await ensureEquippedImage(engine, target, image, equipment, imageOptions, report);
    return await startBuilder({ ...prepared, image: equipped }, options);
  };
  const facts = known ? factsOf2(known, target, `docker (${baseImage} as it was last`) : (await prepare()).facts;
  return {
    ...facts,
    open: (equipment = []) => {
      const sorted = [...new Set(equipment)].sort();
      const builder = opened.get(sorted.join()) ?? openWith(sorted);
      opened.set(sorted.join(), builder);
      return builder;
    },
    sandbox: async () => {
      const { image } = await prepare();
      return await findSandbox(engine, target, { labels, signal, toolsFolder, otherwise: image });
    },
    [Symbol.asyncDispose]: async () => {
      const builders = await Promise.all([...opened.values()].map((builder) => builder.catch(() => void 0)));
      await Promise.all(builders.flatMap((builder) => builder ? [builder.close()] : []));
    }
  };
}
function factsOf2(image, target, description) {
  return {
    kind: "docker",
    description: `${description}, Python ${image.pythonVersion})`,
    identity: `image ${image.key}`,
    target,
    pythonVersion: image.pythonVersion,
    compilesFor: !isOlder(target.glibc, image.glibc),
    canImport: true
  };
}
async function createDockerBuilder(target, options, { report }) {
  return await startBuilder(await prepareImage(target, options, report), options);
}
async function prepareImage(target, options, report) {
  const { systemPackages, caFile, labels = {}, signal, toolsFolder } = options;
  const wrong2 = wrongPackageNames(systemPackages);
  if (wrong2) throw new UserError(wrong2, { exitCode: 2 });
  const authorities = caFile === void 0 ? void 0 : await readAuthorities(caFile);
  const { env, dropped } = environmentInside(options.environment, { hasAuthorities: authorities !== void 0 });
  if (dropped.length > 0) report.debug(`Not for the container, because they name files here: ${dropped.join(", ")}`);
  const engine = await findEngine();
  if ("unreachable" in engine) throw new UserError(engine.unreachable);
  const made = options.dockerfile && await ensureDockerfileImage(engine, target, options.dockerfile, report);
  const baseImage = made?.tag ?? options.baseImage ?? target.image;
  const imageOptions = { baseImage, baseKey: made?.key, systemPackages, toolsFolder, env, authorities, labels, signal };
  const image = await ensureBuilderImage(engine, target, imageOptions, report);
  const facts = factsOf2(image, target, `docker (engine ${engine.version}, ${baseImage}`);
  if (!facts.compilesFor)
    report.debug(
      `${baseImage} has glibc ${image.glibc}, newer than ${target.glibc} of the target: it may not compile for it`
    );
  return { facts, engine, image, imageOptions, authorities, env };
}
async function startBuilder({ facts, engine, image, authorities, env }, { labels = {}, signal, variables = {}, secrets = /* @__PURE__ */ new Map(), sshAgent }) {
  const container = await Container.create(engine, { image: image.id, labels, signal });
  const exec2 = (command, cwd, variables2) => container.exec(command, { cwd, env: variables2 });
  const own = { ...env, ...sshAgent ? SSH_VARIABLES : {}, ...variables };
  let processors = 1;
  try {
    if (authorities) await container.putFile(AUTHORITIES_INSIDE, authorities);
    for (const [id, content] of secrets) await container.putFile(`${SECRETS_INSIDE}/${id}`, content);
    if (sshAgent) await forwardAgent(container, image.python, sshAgent);
    const { stdout } = await exec2(
      ["/bin/sh", "-c", `mkdir -p ${WORKSPACE} && (nproc 2>/dev/null || getconf _NPROCESSORS_ONLN)`],
      "/",
      {}
    );
    processors = Math.max(1, Number.parseInt(stdout, 10) || 1);
  } catch (error) {
    await container.remove();
    throw error;
  }
  return {
    ...facts,
    workspace: WORKSPACE,
    python: image.python,
    uv: () => Promise.resolve(`${TOOLS_INSIDE}/bin/uv`),
    uvIfThere: () => Promise.resolve(`${TOOLS_INSIDE}/bin/uv`),
    glibc: image.glibc,
    containerId: container.id,
    processors,
    put: (localFolder, path4) => container.put(packFolder(localFolder, inWorkspace(path4)), WORKSPACE),
    take: async (path4, localFolder) => {
      await container.take(import_node_path12.posix.join(WORKSPACE, inWorkspace(path4)), localFolder);
      return localFolder;
    },
    run: (command, { cwd = WORKSPACE, env: added = {}, environment = "inherit", onLine } = {}) => environment === "replace" ? container.exec(withOnly(Object.keys(added), command, image.python), { cwd, env: added, onLine }) : container.exec(command, { cwd, env: { ...own, ...added }, onLine }),
    close: () => container.remove(),
    [Symbol.asyncDispose]: () => container.remove()
  };
}
async function removeContainers(labels) {
  const engine = await findEngine();
  return "unreachable" in engine ? 0 : removeLabelled(engine, labels);
}
async function readAuthorities(caFile) {
  try {
    return await (0, import_promises19.readFile)(caFile);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new UserError({ title: `ca-file: ${caFile} cannot be read`, detail, hint: "Name a file in PEM format." });
  }
}
function inWorkspace(path4) {
  const normal = import_node_path12.posix.normalize(path4);
  if (import_node_path12.posix.isAbsolute(normal) || normal === ".." || normal.startsWith("../"))
    throw new Error(`${path4} is not below the workspace`);
  return normal;
}
var import_promises19, import_node_path12, WORKSPACE, SECRETS_INSIDE;
var init_docker = __esm({
  "src/builder/docker.ts"() {
    "use strict";
    import_promises19 = require("node:fs/promises");
    import_node_path12 = require("node:path");
    init_errors();
    init_builder();
    init_docker_check();
    init_docker_container();
    init_docker_dockerfile();
    init_docker_engine();
    init_docker_environment();
    init_docker_equipment();
    init_docker_files();
    init_docker_image();
    init_docker_memory();
    init_docker_setup();
    init_docker_ssh();
    WORKSPACE = "/wsgi-lambda";
    SECRETS_INSIDE = "/run/secrets";
  }
});

// node_modules/@actions/io/lib/io-util.js
function exists(fsPath) {
  return __awaiter(this, void 0, void 0, function* () {
    try {
      yield stat4(fsPath);
    } catch (err) {
      if (err.code === "ENOENT") {
        return false;
      }
      throw err;
    }
    return true;
  });
}
function isRooted(p) {
  p = normalizeSeparators(p);
  if (!p) {
    throw new Error('isRooted() parameter "p" cannot be empty');
  }
  if (IS_WINDOWS) {
    return p.startsWith("\\") || /^[A-Z]:/i.test(p);
  }
  return p.startsWith("/");
}
function tryGetExecutablePath(filePath, extensions) {
  return __awaiter(this, void 0, void 0, function* () {
    let stats = void 0;
    try {
      stats = yield stat4(filePath);
    } catch (err) {
      if (err.code !== "ENOENT") {
        console.log(`Unexpected error attempting to determine if executable file exists '${filePath}': ${err}`);
      }
    }
    if (stats && stats.isFile()) {
      if (IS_WINDOWS) {
        const upperExt = path.extname(filePath).toUpperCase();
        if (extensions.some((validExt) => validExt.toUpperCase() === upperExt)) {
          return filePath;
        }
      } else {
        if (isUnixExecutable(stats)) {
          return filePath;
        }
      }
    }
    const originalFilePath = filePath;
    for (const extension of extensions) {
      filePath = originalFilePath + extension;
      stats = void 0;
      try {
        stats = yield stat4(filePath);
      } catch (err) {
        if (err.code !== "ENOENT") {
          console.log(`Unexpected error attempting to determine if executable file exists '${filePath}': ${err}`);
        }
      }
      if (stats && stats.isFile()) {
        if (IS_WINDOWS) {
          try {
            const directory = path.dirname(filePath);
            const upperName = path.basename(filePath).toUpperCase();
            for (const actualName of yield readdir3(directory)) {
              if (upperName === actualName.toUpperCase()) {
                filePath = path.join(directory, actualName);
                break;
              }
            }
          } catch (err) {
            console.log(`Unexpected error attempting to determine the actual case of the file '${filePath}': ${err}`);
          }
          return filePath;
        } else {
          if (isUnixExecutable(stats)) {
            return filePath;
          }
        }
      }
    }
    return "";
  });
}
function normalizeSeparators(p) {
  p = p || "";
  if (IS_WINDOWS) {
    p = p.replace(/\//g, "\\");
    return p.replace(/\\\\+/g, "\\");
  }
  return p.replace(/\/\/+/g, "/");
}
function isUnixExecutable(stats) {
  return (stats.mode & 1) > 0 || (stats.mode & 8) > 0 && process.getgid !== void 0 && stats.gid === process.getgid() || (stats.mode & 64) > 0 && process.getuid !== void 0 && stats.uid === process.getuid();
}
var fs, path, __awaiter, chmod2, copyFile2, lstat2, mkdir4, open2, readdir3, rename2, rm5, rmdir, stat4, symlink2, unlink, IS_WINDOWS, READONLY;
var init_io_util = __esm({
  "node_modules/@actions/io/lib/io-util.js"() {
    fs = __toESM(require("fs"), 1);
    path = __toESM(require("path"), 1);
    __awaiter = function(thisArg, _arguments, P, generator) {
      function adopt(value) {
        return value instanceof P ? value : new P(function(resolve11) {
          resolve11(value);
        });
      }
      return new (P || (P = Promise))(function(resolve11, reject) {
        function fulfilled(value) {
          try {
            step2(generator.next(value));
          } catch (e) {
            reject(e);
          }
        }
        function rejected(value) {
          try {
            step2(generator["throw"](value));
          } catch (e) {
            reject(e);
          }
        }
        function step2(result) {
          result.done ? resolve11(result.value) : adopt(result.value).then(fulfilled, rejected);
        }
        step2((generator = generator.apply(thisArg, _arguments || [])).next());
      });
    };
    ({ chmod: chmod2, copyFile: copyFile2, lstat: lstat2, mkdir: mkdir4, open: open2, readdir: readdir3, rename: rename2, rm: rm5, rmdir, stat: stat4, symlink: symlink2, unlink } = fs.promises);
    IS_WINDOWS = process.platform === "win32";
    READONLY = fs.constants.O_RDONLY;
  }
});

// node_modules/@actions/io/lib/io.js
function which(tool, check2) {
  return __awaiter2(this, void 0, void 0, function* () {
    if (!tool) {
      throw new Error("parameter 'tool' is required");
    }
    if (check2) {
      const result = yield which(tool, false);
      if (!result) {
        if (IS_WINDOWS) {
          throw new Error(`Unable to locate executable file: ${tool}. Please verify either the file path exists or the file can be found within a directory specified by the PATH environment variable. Also verify the file has a valid extension for an executable file.`);
        } else {
          throw new Error(`Unable to locate executable file: ${tool}. Please verify either the file path exists or the file can be found within a directory specified by the PATH environment variable. Also check the file mode to verify the file is executable.`);
        }
      }
      return result;
    }
    const matches3 = yield findInPath(tool);
    if (matches3 && matches3.length > 0) {
      return matches3[0];
    }
    return "";
  });
}
function findInPath(tool) {
  return __awaiter2(this, void 0, void 0, function* () {
    if (!tool) {
      throw new Error("parameter 'tool' is required");
    }
    const extensions = [];
    if (IS_WINDOWS && process.env["PATHEXT"]) {
      for (const extension of process.env["PATHEXT"].split(path2.delimiter)) {
        if (extension) {
          extensions.push(extension);
        }
      }
    }
    if (isRooted(tool)) {
      const filePath = yield tryGetExecutablePath(tool, extensions);
      if (filePath) {
        return [filePath];
      }
      return [];
    }
    if (tool.includes(path2.sep)) {
      return [];
    }
    const directories = [];
    if (process.env.PATH) {
      for (const p of process.env.PATH.split(path2.delimiter)) {
        if (p) {
          directories.push(p);
        }
      }
    }
    const matches3 = [];
    for (const directory of directories) {
      const filePath = yield tryGetExecutablePath(path2.join(directory, tool), extensions);
      if (filePath) {
        matches3.push(filePath);
      }
    }
    return matches3;
  });
}
var path2, __awaiter2;
var init_io = __esm({
  "node_modules/@actions/io/lib/io.js"() {
    path2 = __toESM(require("path"), 1);
    init_io_util();
    __awaiter2 = function(thisArg, _arguments, P, generator) {
      function adopt(value) {
        return value instanceof P ? value : new P(function(resolve11) {
          resolve11(value);
        });
      }
      return new (P || (P = Promise))(function(resolve11, reject) {
        function fulfilled(value) {
          try {
            step2(generator.next(value));
          } catch (e) {
            reject(e);
          }
        }
        function rejected(value) {
          try {
            step2(generator["throw"](value));
          } catch (e) {
            reject(e);
          }
        }
        function step2(result) {
          result.done ? resolve11(result.value) : adopt(result.value).then(fulfilled, rejected);
        }
        step2((generator = generator.apply(thisArg, _arguments || [])).next());
      });
    };
  }
});

// node_modules/@actions/exec/lib/toolrunner.js
function argStringToArray(argString) {
  const args = [];
  let inQuotes = false;
  let escaped = false;
  let arg = "";
  function append(c) {
    if (escaped && c !== '"') {
      arg += "\\";
    }
    arg += c;
    escaped = false;
  }
  for (let i = 0; i < argString.length; i++) {
    const c = argString.charAt(i);
    if (c === '"') {
      if (!escaped) {
        inQuotes = !inQuotes;
      } else {
        append(c);
      }
      continue;
    }
    if (c === "\\" && escaped) {
      append(c);
      continue;
    }
    if (c === "\\" && inQuotes) {
      escaped = true;
      continue;
    }
    if (c === " " && !inQuotes) {
      if (arg.length > 0) {
        args.push(arg);
        arg = "";
      }
      continue;
    }
    append(c);
  }
  if (arg.length > 0) {
    args.push(arg.trim());
  }
  return args;
}
var os, events, child, path3, import_timers, __awaiter3, IS_WINDOWS2, ToolRunner, ExecState;
var init_toolrunner = __esm({
  "node_modules/@actions/exec/lib/toolrunner.js"() {
    os = __toESM(require("os"), 1);
    events = __toESM(require("events"), 1);
    child = __toESM(require("child_process"), 1);
    path3 = __toESM(require("path"), 1);
    init_io();
    init_io_util();
    import_timers = require("timers");
    __awaiter3 = function(thisArg, _arguments, P, generator) {
      function adopt(value) {
        return value instanceof P ? value : new P(function(resolve11) {
          resolve11(value);
        });
      }
      return new (P || (P = Promise))(function(resolve11, reject) {
        function fulfilled(value) {
          try {
            step2(generator.next(value));
          } catch (e) {
            reject(e);
          }
        }
        function rejected(value) {
          try {
            step2(generator["throw"](value));
          } catch (e) {
            reject(e);
          }
        }
        function step2(result) {
          result.done ? resolve11(result.value) : adopt(result.value).then(fulfilled, rejected);
        }
        step2((generator = generator.apply(thisArg, _arguments || [])).next());
      });
    };
    IS_WINDOWS2 = process.platform === "win32";
    ToolRunner = class extends events.EventEmitter {
      constructor(toolPath, args, options) {
        super();
        if (!toolPath) {
          throw new Error("Parameter 'toolPath' cannot be null or empty.");
        }
        this.toolPath = toolPath;
        this.args = args || [];
        this.options = options || {};
      }
      _debug(message) {
        if (this.options.listeners && this.options.listeners.debug) {
          this.options.listeners.debug(message);
        }
      }
      _getCommandString(options, noPrefix) {
        const toolPath = this._getSpawnFileName();
        const args = this._getSpawnArgs(options);
        let cmd = noPrefix ? "" : "[command]";
        if (IS_WINDOWS2) {
          if (this._isCmdFile()) {
            cmd += toolPath;
            for (const a of args) {
              cmd += ` ${a}`;
            }
          } else if (options.windowsVerbatimArguments) {
            cmd += `"${toolPath}"`;
            for (const a of args) {
              cmd += ` ${a}`;
            }
          } else {
            cmd += this._windowsQuoteCmdArg(toolPath);
            for (const a of args) {
              cmd += ` ${this._windowsQuoteCmdArg(a)}`;
            }
          }
        } else {
          cmd += toolPath;
          for (const a of args) {
            cmd += ` ${a}`;
          }
        }
        return cmd;
      }
      _processLineBuffer(data, strBuffer, onLine) {
        try {
          let s = strBuffer + data.toString();
          let n = s.indexOf(os.EOL);
          while (n > -1) {
            const line = s.substring(0, n);
            onLine(line);
            s = s.substring(n + os.EOL.length);
            n = s.indexOf(os.EOL);
          }
          return s;
        } catch (err) {
          this._debug(`error processing line. Failed with error ${err}`);
          return "";
        }
      }
      _getSpawnFileName() {
        if (IS_WINDOWS2) {
          if (this._isCmdFile()) {
            return process.env["COMSPEC"] || "cmd.exe";
          }
        }
        return this.toolPath;
      }
      _getSpawnArgs(options) {
        if (IS_WINDOWS2) {
          if (this._isCmdFile()) {
            let argline = `/D /S /C "${this._windowsQuoteCmdArg(this.toolPath)}`;
            for (const a of this.args) {
              argline += " ";
              argline += options.windowsVerbatimArguments ? a : this._windowsQuoteCmdArg(a);
            }
            argline += '"';
            return [argline];
          }
        }
        return this.args;
      }
      _endsWith(str, end) {
        return str.endsWith(end);
      }
      _isCmdFile() {
        const upperToolPath = this.toolPath.toUpperCase();
        return this._endsWith(upperToolPath, ".CMD") || this._endsWith(upperToolPath, ".BAT");
      }
      _windowsQuoteCmdArg(arg) {
        if (!this._isCmdFile()) {
          return this._uvQuoteCmdArg(arg);
        }
        if (!arg) {
          return '""';
        }
        const cmdSpecialChars = [
          " ",
          "	",
          "&",
          "(",
          ")",
          "[",
          "]",
          "{",
          "}",
          "^",
          "=",
          ";",
          "!",
          "'",
          "+",
          ",",
          "`",
          "~",
          "|",
          "<",
          ">",
          '"'
        ];
        let needsQuotes = false;
        for (const char of arg) {
          if (cmdSpecialChars.some((x) => x === char)) {
            needsQuotes = true;
            break;
          }
        }
        if (!needsQuotes) {
          return arg;
        }
        let reverse = '"';
        let quoteHit = true;
        for (let i = arg.length; i > 0; i--) {
          reverse += arg[i - 1];
          if (quoteHit && arg[i - 1] === "\\") {
            reverse += "\\";
          } else if (arg[i - 1] === '"') {
            quoteHit = true;
            reverse += '"';
          } else {
            quoteHit = false;
          }
        }
        reverse += '"';
        return reverse.split("").reverse().join("");
      }
      _uvQuoteCmdArg(arg) {
        if (!arg) {
          return '""';
        }
        if (!arg.includes(" ") && !arg.includes("	") && !arg.includes('"')) {
          return arg;
        }
        if (!arg.includes('"') && !arg.includes("\\")) {
          return `"${arg}"`;
        }
        let reverse = '"';
        let quoteHit = true;
        for (let i = arg.length; i > 0; i--) {
          reverse += arg[i - 1];
          if (quoteHit && arg[i - 1] === "\\") {
            reverse += "\\";
          } else if (arg[i - 1] === '"') {
            quoteHit = true;
            reverse += "\\";
          } else {
            quoteHit = false;
          }
        }
        reverse += '"';
        return reverse.split("").reverse().join("");
      }
      _cloneExecOptions(options) {
        options = options || {};
        const result = {
          cwd: options.cwd || process.cwd(),
          env: options.env || process.env,
          silent: options.silent || false,
          windowsVerbatimArguments: options.windowsVerbatimArguments || false,
          failOnStdErr: options.failOnStdErr || false,
          ignoreReturnCode: options.ignoreReturnCode || false,
          delay: options.delay || 1e4
        };
        result.outStream = options.outStream || process.stdout;
        result.errStream = options.errStream || process.stderr;
        return result;
      }
      _getSpawnOptions(options, toolPath) {
        options = options || {};
        const result = {};
        result.cwd = options.cwd;
        result.env = options.env;
        result["windowsVerbatimArguments"] = options.windowsVerbatimArguments || this._isCmdFile();
        if (options.windowsVerbatimArguments) {
          result.argv0 = `"${toolPath}"`;
        }
        return result;
      }
      /**
       * Exec a tool.
       * Output will be streamed to the live console.
       * Returns promise with return code
       *
       * @param     tool     path to tool to exec
       * @param     options  optional exec options.  See ExecOptions
       * @returns   number
       */
      exec() {
        return __awaiter3(this, void 0, void 0, function* () {
          if (!isRooted(this.toolPath) && (this.toolPath.includes("/") || IS_WINDOWS2 && this.toolPath.includes("\\"))) {
            this.toolPath = path3.resolve(process.cwd(), this.options.cwd || process.cwd(), this.toolPath);
          }
          this.toolPath = yield which(this.toolPath, true);
          return new Promise((resolve11, reject) => __awaiter3(this, void 0, void 0, function* () {
            this._debug(`exec tool: ${this.toolPath}`);
            this._debug("arguments:");
            for (const arg of this.args) {
              this._debug(`   ${arg}`);
            }
            const optionsNonNull = this._cloneExecOptions(this.options);
            if (!optionsNonNull.silent && optionsNonNull.outStream) {
              optionsNonNull.outStream.write(this._getCommandString(optionsNonNull) + os.EOL);
            }
            const state = new ExecState(optionsNonNull, this.toolPath);
            state.on("debug", (message) => {
              this._debug(message);
            });
            if (this.options.cwd && !(yield exists(this.options.cwd))) {
              return reject(new Error(`The cwd: ${this.options.cwd} does not exist!`));
            }
            const fileName = this._getSpawnFileName();
            const cp3 = child.spawn(fileName, this._getSpawnArgs(optionsNonNull), this._getSpawnOptions(this.options, fileName));
            let stdbuffer = "";
            if (cp3.stdout) {
              cp3.stdout.on("data", (data) => {
                if (this.options.listeners && this.options.listeners.stdout) {
                  this.options.listeners.stdout(data);
                }
                if (!optionsNonNull.silent && optionsNonNull.outStream) {
                  optionsNonNull.outStream.write(data);
                }
                stdbuffer = this._processLineBuffer(data, stdbuffer, (line) => {
                  if (this.options.listeners && this.options.listeners.stdline) {
                    this.options.listeners.stdline(line);
                  }
                });
              });
            }
            let errbuffer = "";
            if (cp3.stderr) {
              cp3.stderr.on("data", (data) => {
                state.processStderr = true;
                if (this.options.listeners && this.options.listeners.stderr) {
                  this.options.listeners.stderr(data);
                }
                if (!optionsNonNull.silent && optionsNonNull.errStream && optionsNonNull.outStream) {
                  const s = optionsNonNull.failOnStdErr ? optionsNonNull.errStream : optionsNonNull.outStream;
                  s.write(data);
                }
                errbuffer = this._processLineBuffer(data, errbuffer, (line) => {
                  if (this.options.listeners && this.options.listeners.errline) {
                    this.options.listeners.errline(line);
                  }
                });
              });
            }
            cp3.on("error", (err) => {
              state.processError = err.message;
              state.processExited = true;
              state.processClosed = true;
              state.CheckComplete();
            });
            cp3.on("exit", (code) => {
              state.processExitCode = code;
              state.processExited = true;
              this._debug(`Exit code ${code} received from tool '${this.toolPath}'`);
              state.CheckComplete();
            });
            cp3.on("close", (code) => {
              state.processExitCode = code;
              state.processExited = true;
              state.processClosed = true;
              this._debug(`STDIO streams have closed for tool '${this.toolPath}'`);
              state.CheckComplete();
            });
            state.on("done", (error, exitCode) => {
              if (stdbuffer.length > 0) {
                this.emit("stdline", stdbuffer);
              }
              if (errbuffer.length > 0) {
                this.emit("errline", errbuffer);
              }
              cp3.removeAllListeners();
              if (error) {
                reject(error);
              } else {
                resolve11(exitCode);
              }
            });
            if (this.options.input) {
              if (!cp3.stdin) {
                throw new Error("child process missing stdin");
              }
              cp3.stdin.end(this.options.input);
            }
          }));
        });
      }
    };
    ExecState = class _ExecState extends events.EventEmitter {
      constructor(options, toolPath) {
        super();
        this.processClosed = false;
        this.processError = "";
        this.processExitCode = 0;
        this.processExited = false;
        this.processStderr = false;
        this.delay = 1e4;
        this.done = false;
        this.timeout = null;
        if (!toolPath) {
          throw new Error("toolPath must not be empty");
        }
        this.options = options;
        this.toolPath = toolPath;
        if (options.delay) {
          this.delay = options.delay;
        }
      }
      CheckComplete() {
        if (this.done) {
          return;
        }
        if (this.processClosed) {
          this._setResult();
        } else if (this.processExited) {
          this.timeout = (0, import_timers.setTimeout)(_ExecState.HandleTimeout, this.delay, this);
        }
      }
      _debug(message) {
        this.emit("debug", message);
      }
      _setResult() {
        let error;
        if (this.processExited) {
          if (this.processError) {
            error = new Error(`There was an error when attempting to execute the process '${this.toolPath}'. This may indicate the process failed to start. Error: ${this.processError}`);
          } else if (this.processExitCode !== 0 && !this.options.ignoreReturnCode) {
            error = new Error(`The process '${this.toolPath}' failed with exit code ${this.processExitCode}`);
          } else if (this.processStderr && this.options.failOnStdErr) {
            error = new Error(`The process '${this.toolPath}' failed because one or more lines were written to the STDERR stream`);
          }
        }
        if (this.timeout) {
          clearTimeout(this.timeout);
          this.timeout = null;
        }
        this.done = true;
        this.emit("done", error, this.processExitCode);
      }
      static HandleTimeout(state) {
        if (state.done) {
          return;
        }
        if (!state.processClosed && state.processExited) {
          const message = `The STDIO streams did not close within ${state.delay / 1e3} seconds of the exit event from process '${state.toolPath}'. This may indicate a child process inherited the STDIO streams and has not yet exited.`;
          state._debug(message);
        }
        state._setResult();
      }
    };
  }
});

// node_modules/@actions/exec/lib/exec.js
var exec_exports = {};
__export(exec_exports, {
  exec: () => exec,
  getExecOutput: () => getExecOutput
});
function exec(commandLine, args, options) {
  return __awaiter4(this, void 0, void 0, function* () {
    const commandArgs = argStringToArray(commandLine);
    if (commandArgs.length === 0) {
      throw new Error(`Parameter 'commandLine' cannot be null or empty.`);
    }
    const toolPath = commandArgs[0];
    args = commandArgs.slice(1).concat(args || []);
    const runner = new ToolRunner(toolPath, args, options);
    return runner.exec();
  });
}
function getExecOutput(commandLine, args, options) {
  return __awaiter4(this, void 0, void 0, function* () {
    var _a, _b;
    let stdout = "";
    let stderr = "";
    const stdoutDecoder = new import_string_decoder.StringDecoder("utf8");
    const stderrDecoder = new import_string_decoder.StringDecoder("utf8");
    const originalStdoutListener = (_a = options === null || options === void 0 ? void 0 : options.listeners) === null || _a === void 0 ? void 0 : _a.stdout;
    const originalStdErrListener = (_b = options === null || options === void 0 ? void 0 : options.listeners) === null || _b === void 0 ? void 0 : _b.stderr;
    const stdErrListener = (data) => {
      stderr += stderrDecoder.write(data);
      if (originalStdErrListener) {
        originalStdErrListener(data);
      }
    };
    const stdOutListener = (data) => {
      stdout += stdoutDecoder.write(data);
      if (originalStdoutListener) {
        originalStdoutListener(data);
      }
    };
    const listeners = Object.assign(Object.assign({}, options === null || options === void 0 ? void 0 : options.listeners), { stdout: stdOutListener, stderr: stdErrListener });
    const exitCode = yield exec(commandLine, args, Object.assign(Object.assign({}, options), { listeners }));
    stdout += stdoutDecoder.end();
    stderr += stderrDecoder.end();
    return {
      exitCode,
      stdout,
      stderr
    };
  });
}
var import_string_decoder, __awaiter4;
var init_exec = __esm({
  "node_modules/@actions/exec/lib/exec.js"() {
    import_string_decoder = require("string_decoder");
    init_toolrunner();
    __awaiter4 = function(thisArg, _arguments, P, generator) {
      function adopt(value) {
        return value instanceof P ? value : new P(function(resolve11) {
          resolve11(value);
        });
      }
      return new (P || (P = Promise))(function(resolve11, reject) {
        function fulfilled(value) {
          try {
            step2(generator.next(value));
          } catch (e) {
            reject(e);
          }
        }
        function rejected(value) {
          try {
            step2(generator["throw"](value));
          } catch (e) {
            reject(e);
          }
        }
        function step2(result) {
          result.done ? resolve11(result.value) : adopt(result.value).then(fulfilled, rejected);
        }
        step2((generator = generator.apply(thisArg, _arguments || [])).next());
      });
    };
  }
});

// src/platform/limits.ts
var LIMITS;
var init_limits = __esm({
  "src/platform/limits.ts"() {
    "use strict";
    LIMITS = {
      /** A zip sent within the request itself. */
      directUploadBytes: 50 * 1024 * 1024,
      /** Code and layers, unpacked. */
      unzippedBytes: 262144e3,
      /** All environment variables of a function, names and values. */
      environmentBytes: 4096,
      /** Of one function. */
      layers: 5
    };
  }
});

// src/report/size.ts
function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
function largestFirst(sizes, most = 10) {
  return sizes.toSorted((a, b) => b.bytes - a.bytes).slice(0, most).map(({ name, version, bytes }) => `${megabytes(bytes).padStart(9)}  ${name} ${version}`).join("\n");
}
var init_size = __esm({
  "src/report/size.ts"() {
    "use strict";
  }
});

// src/wheels/findings.ts
function reportFindings(findings2, report) {
  for (const { severity, ...problem } of findings2) if (severity === "warning") report.warning(problem);
  const errors = findings2.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new SeveralErrors(errors, `${errors.length} distributions do not load on the target`);
}
var init_findings = __esm({
  "src/wheels/findings.ts"() {
    "use strict";
    init_errors();
  }
});

// src/platform/libraries.ts
function runtimeLibraries({ glibc, architecture, pythonMinor }) {
  const found = SYSTEMS[glibc];
  if (found === void 0) throw new Error(`no table of libraries for glibc ${glibc}`);
  const python = [`libpython${pythonMinor}.so.1.0`, "libpython3.so"];
  return {
    system: found.system,
    newest: found.newest,
    names: /* @__PURE__ */ new Set([...EVERYWHERE, ...BY_ARCHITECTURE[architecture], ...found.own, ...python])
  };
}
var SYSTEMS, EVERYWHERE, BY_ARCHITECTURE, LEFT_TO_THE_SYSTEM;
var init_libraries = __esm({
  "src/platform/libraries.ts"() {
    "use strict";
    SYSTEMS = {
      "2.26": {
        system: "Amazon Linux 2",
        newest: { GLIBC: "2.26", GLIBCXX: "3.4.24", CXXABI: "1.3.11", GCC: "7.0.0", ZLIB: "1.2.7" },
        // Parts of glibc there; Amazon Linux 2023 has them in packages that its runtimes are without.
        own: ["libcrypt.so.1", "libnsl.so.1"]
      },
      "2.34": {
        system: "Amazon Linux 2023",
        newest: { GLIBC: "2.34", GLIBCXX: "3.4.29", CXXABI: "1.3.13", GCC: "11.0", ZLIB: "1.2.11" },
        own: []
      }
    };
    EVERYWHERE = [
      ...["libc.so.6", "libm.so.6", "libdl.so.2", "librt.so.1", "libpthread.so.0", "libutil.so.1", "libresolv.so.2"],
      ...["libanl.so.1", "libgcc_s.so.1", "libstdc++.so.6", "libz.so.1"]
    ];
    BY_ARCHITECTURE = {
      x86_64: ["ld-linux-x86-64.so.2", "libmvec.so.1"],
      arm64: ["ld-linux-aarch64.so.1"]
    };
    LEFT_TO_THE_SYSTEM = /* @__PURE__ */ new Set([
      ...["libX11.so.6", "libXext.so.6", "libXrender.so.1", "libICE.so.6", "libSM.so.6", "libGL.so.1"],
      ...["libglib-2.0.so.0", "libgobject-2.0.so.0", "libgthread-2.0.so.0", "libexpat.so.1", "libatomic.so.1"],
      ...["libcrypt.so.1", "libnsl.so.1", "libncursesw.so.5", "libpanelw.so.5"]
    ]);
  }
});

// src/wheels/verify.ts
function verifyBinaries(binaries, target, wheel) {
  const wanted = binaries.filter(({ path: path4 }) => !isOfAnotherPython(path4, target));
  const used = usedBy(wanted, [{ wheel, binaries: wanted }]);
  const severity = (binary) => used.has(binary) || !isForAnyPlatform(wheel) ? "error" : "warning";
  const right = wanted.filter(({ facts }) => isForMachine(facts, target));
  const otherMachine = wanted.filter((binary) => !right.includes(binary));
  const machines = otherMachine.map(
    (binary) => ({
      severity: right.length > 0 && !used.has(binary) ? "warning" : severity(binary),
      path: binary.path,
      cause: `is for ${machineOf(binary.facts)}`
    })
  );
  const versions = right.flatMap((binary) => {
    const tooNew2 = tooNewFor(binary.facts, right, target);
    return tooNew2 === void 0 ? [] : [{ severity: severity(binary), path: binary.path, cause: `needs ${tooNew2}` }];
  });
  return [
    ...findings(machines, wheel, {
      title: `has binaries that are not for ${target.architecture}`,
      hint: `${otherBuild(wheel, target)} Its tags promise another processor than its files have, so its maker should know.`
    }),
    ...findings(versions, wheel, {
      title: `needs newer system libraries than ${target.runtime} has`,
      detail: newestOf(target),
      hint: otherBuild(wheel, target)
    })
  ];
}
function verifyNeeded(distributions, target, others = []) {
  const wanted = distributions.map(({ wheel, binaries }) => ({
    wheel,
    binaries: binaries.filter(({ path: path4, facts }) => !isOfAnotherPython(path4, target) && isForMachine(facts, target))
  }));
  const all = wanted.flatMap(({ binaries }) => binaries);
  const there = /* @__PURE__ */ new Set([...runtimeLibraries(target).names, ...all.flatMap(namesOf), ...others]);
  const used = usedBy(all, wanted);
  return wanted.flatMap(({ wheel, binaries }) => {
    const missing2 = binaries.flatMap(
      (binary) => binary.facts.needed.filter((library) => !there.has(library)).map((library) => {
        const severity = used.has(binary) && mustBeFound(library, { wheel, binaries }) ? "error" : "warning";
        return { severity, path: binary.path, cause: `needs ${library}`, library };
      })
    );
    return missingLibraries(missing2, wheel, target);
  });
}
function missingLibraries(defects, wheel, target) {
  const libraries = [...new Set(defects.map(({ library }) => library ?? ""))];
  return libraries.flatMap(
    (library) => findings(
      defects.filter((defect) => defect.library === library),
      wheel,
      {
        title: `needs ${library}, which neither ${target.runtime} nor another distribution has`,
        hint: wayOut(library, wheel)
      }
    )
  );
}
function mustBeFound(library, { wheel, binaries }) {
  const modules = binaries.filter(({ path: path4 }) => isModule(path4));
  return !wheel.tags.some((tag) => tag.includes("manylinux")) || LEFT_TO_THE_SYSTEM.has(library) || modules.length > 0 && modules.every(({ facts }) => facts.needed.includes(library));
}
function usedBy(binaries, distributions) {
  const byName = /* @__PURE__ */ new Map();
  for (const binary of distributions.flatMap((distribution) => distribution.binaries)) {
    for (const name of namesOf(binary)) byName.set(name, [...byName.get(name) ?? [], binary]);
  }
  const used = new Set(binaries.filter(({ path: path4 }) => isModule(path4)));
  for (const { facts } of used) {
    for (const library of facts.needed) for (const binary of byName.get(library) ?? []) used.add(binary);
  }
  return used;
}
function namesOf({ path: path4, facts }) {
  const file = path4.slice(path4.lastIndexOf("/") + 1);
  return facts.soname === void 0 ? [file] : [file, facts.soname];
}
function isModule(path4) {
  return /\.(?:cpython-\w+(?:-[\w-]+)?|abi3)\.so$/.test(path4);
}
function isOfAnotherPython(path4, { pythonMinor, architecture }) {
  const [, tag, platform] = /\.((?:cpython|pypy|graalpy)\w*-\w+?)(?:-([\w-]+))?\.so$/.exec(path4) ?? [];
  if (tag === void 0) return false;
  const machine = architecture === "arm64" ? "aarch64" : "x86_64";
  return tag !== `cpython-${pythonMinor.replace(".", "")}` || platform !== void 0 && platform !== `${machine}-linux-gnu`;
}
function isForAnyPlatform({ tags }) {
  return tags.every((tag) => tag.endsWith("-any"));
}
function isForMachine({ bits, isLittleEndian, machine }, { architecture }) {
  return bits === 64 && isLittleEndian && machine === MACHINES[architecture];
}
function machineOf({ bits, machine }) {
  const name = MACHINE_NAMES[machine] ?? `processor ${machine}`;
  return machine === MACHINES.x86_64 && bits === 32 ? "x86_64 with 32 bit addresses (x32)" : name;
}
function tooNewFor(facts, own, target) {
  const { names, newest: newest2 } = runtimeLibraries(target);
  for (const { library, versions } of facts.needs) {
    if (!names.has(library) || bundles(library, own)) continue;
    const tooNew2 = versions.filter((version) => isTooNew(version, newest2));
    if (tooNew2.length > 0) return `${tooNew2.toSorted(byVersion).join(", ")} of ${library}`;
  }
  return void 0;
}
function bundles(library, own) {
  return own.some((binary) => namesOf(binary).includes(library));
}
function isTooNew(version, newest2) {
  if (version.startsWith("GLIBC_ABI_")) return true;
  const [, family, number2] = /^([A-Z]+)_(\d+(?:\.\d+)*)$/.exec(version) ?? [];
  if (family === void 0 || number2 === void 0 || !isFamily(family, newest2)) return false;
  return (0, import_pep4402.compare)(number2, newest2[family]) > 0;
}
function isFamily(name, newest2) {
  return name in newest2;
}
function byVersion(one, other) {
  return one.localeCompare(other, "en", { numeric: true });
}
function findings(defects, { name, version, tags }, { title, detail, hint }) {
  return ["error", "warning"].flatMap((severity) => {
    const found = defects.filter((defect) => defect.severity === severity);
    if (found.length === 0) return [];
    const lines2 = found.slice(0, NAMED_FILES).map(({ path: path4, cause }) => `${path4} ${cause}`);
    const rest = found.length > NAMED_FILES ? [`and ${found.length - NAMED_FILES} more files`] : [];
    const origin = [...detail === void 0 ? [] : [detail], `The wheel is ${name} ${version}, ${tags.join(", ")}.`];
    return [{ severity, title: `${name} ${version} ${title}`, detail: [...lines2, ...rest, ...origin].join("\n"), hint }];
  });
}
function newestOf(target) {
  const { system, newest: newest2 } = runtimeLibraries(target);
  return `${target.runtime} (${system}) has at most GLIBC_${newest2.GLIBC}, GLIBCXX_${newest2.GLIBCXX} and CXXABI_${newest2.CXXABI}.`;
}
function otherBuild({ name }, { glibc }) {
  const newer = glibc === "2.34" ? "" : " Or choose a newer runtime: python3.12 and later have glibc 2.34.";
  return `Choose another version of ${name}, or have it compiled in the Lambda image: builder: docker, with pip-args: --no-binary ${name}.${newer}`;
}
function wayOut(library, { name }) {
  const known = WAYS_OUT.filter((each) => each.library.test(library)).map(({ hint }) => `${hint} `);
  return `${known.join("")}With builder: docker, name its package in system-packages and its file in docker-extra-files (/usr/lib64/${library}), or have ${name} compiled there by pip-args: --no-binary ${name}, which collects it.`;
}
var import_pep4402, MACHINES, MACHINE_NAMES, NAMED_FILES, WAYS_OUT;
var init_verify = __esm({
  "src/wheels/verify.ts"() {
    "use strict";
    import_pep4402 = __toESM(require_pep440(), 1);
    init_libraries();
    MACHINES = { x86_64: 62, arm64: 183 };
    MACHINE_NAMES = {
      3: "32 bit x86",
      8: "MIPS",
      20: "32 bit PowerPC",
      21: "64 bit PowerPC",
      22: "S/390",
      40: "32 bit ARM",
      62: "x86_64",
      183: "arm64",
      243: "RISC-V",
      258: "LoongArch"
    };
    NAMED_FILES = 5;
    WAYS_OUT = [
      { library: /^libpq\.so/, hint: "Depend on psycopg[binary] or psycopg2-binary, which bring it." },
      {
        library: /^lib(?:GL|gthread-2\.0|glib-2\.0|SM|Xext|Xrender|X11)\.so/,
        hint: "If it is OpenCV that needs it, depend on opencv-python-headless."
      },
      { library: /^lib(?:mysqlclient|mariadb)\.so/, hint: "PyMySQL and mysql-connector-python do without it." }
    ];
  }
});

// src/wheels/zip-format.ts
var LOCAL_HEADER, CENTRAL_HEADER, END_RECORD, ZIP64_LOCATOR, ZIP64_END_RECORD, ZIP64_EXTRA, MAX_16, MAX_32, STORED, DEFLATED, ENCRYPTED, UTF8_NAMES, UNIX;
var init_zip_format = __esm({
  "src/wheels/zip-format.ts"() {
    "use strict";
    LOCAL_HEADER = { signature: 67324752, bytes: 30 };
    CENTRAL_HEADER = { signature: 33639248, bytes: 46 };
    END_RECORD = { signature: 101010256, bytes: 22 };
    ZIP64_LOCATOR = { signature: 117853008, bytes: 20 };
    ZIP64_END_RECORD = { signature: 101075792, bytes: 56 };
    ZIP64_EXTRA = 1;
    MAX_16 = 65535;
    MAX_32 = 4294967295;
    STORED = 0;
    DEFLATED = 8;
    ENCRYPTED = 1;
    UTF8_NAMES = 1 << 11;
    UNIX = 3;
  }
});

// src/artifact/write.ts
async function writeAll(file, bytes, position) {
  for (let done = 0; done < bytes.length; ) {
    const rest = bytes.length - done;
    done += rest <= SYNC_BYTES ? (0, import_node_fs8.writeSync)(file.fd, bytes, done, rest, position + done) : (await file.write(bytes, done, rest, position + done)).bytesWritten;
  }
}
async function readAll({ file, offset }, into) {
  const { bytesRead } = await file.read(into, 0, into.length, offset);
  if (bytesRead !== into.length) throw new Error("a file that is copied is shorter than it was");
}
async function copyAll({ file, offset }, length, to, position) {
  const buffer2 = Buffer.allocUnsafe(Math.min(CHUNK_BYTES2, length));
  for (let done = 0; done < length; ) {
    const chunk = buffer2.subarray(0, Math.min(buffer2.length, length - done));
    await readAll({ file, offset: offset + done }, chunk);
    await writeAll(to, chunk, position + done);
    done += chunk.length;
  }
}
var import_node_fs8, CHUNK_BYTES2, SYNC_BYTES;
var init_write = __esm({
  "src/artifact/write.ts"() {
    "use strict";
    import_node_fs8 = require("node:fs");
    CHUNK_BYTES2 = 1 << 20;
    SYNC_BYTES = 128 * 1024;
  }
});

// src/artifact/compile.ts
async function* compileUnits(units, { temporary, toolsFolder, toolchain }) {
  if (units.length === 0) return;
  const builder = await toolchain.open();
  const folder = `compile-${++compilations}`;
  const where = await bringIn(units, (0, import_node_path14.join)(temporary, folder), folder, toolsFolder, builder);
  const neutral = {
    ...{ PYTHONHASHSEED: "0", PYTHONOPTIMIZE: "", PYTHONNODEBUGRANGES: "" },
    ...{ PYTHONPATH: "", PYTHONHOME: "", PYTHONWARNINGS: "ignore" }
  };
  const progress = createProgress();
  const running = builder.run([builder.python, "-s", "-S", "-B", where.script, where.plan], { env: neutral, onLine: progress.onLine }).then(({ exitCode, stderr }) => {
    if (exitCode === 0) return;
    throw new UserError({
      title: "The bytecode could not be made",
      detail: stderr.trim(),
      hint: "Most likely memory or disk space ran out where the build runs."
    });
  });
  running.catch(() => void 0);
  try {
    if (builder.kind === "host") {
      const out = `${builder.workspace}/${folder}/out`;
      for (const [index, unit] of units.entries()) {
        await Promise.race([progress.of(index), running]);
        yield await bytecodeOf(unit, (0, import_node_path14.join)(out, String(index)));
      }
      return;
    }
    await running;
    const taken2 = await builder.take(`${folder}/out`, (0, import_node_path14.join)(temporary, folder, "taken"));
    for (const [index, unit] of units.entries()) yield await bytecodeOf(unit, (0, import_node_path14.join)(taken2, String(index)));
  } finally {
    await running.catch(() => void 0);
  }
}
function createProgress() {
  const waiting = /* @__PURE__ */ new Map();
  const done = /* @__PURE__ */ new Set();
  return {
    onLine: (line) => {
      if (!/^\d+$/.test(line)) return;
      done.add(Number(line));
      waiting.get(Number(line))?.();
    },
    of: (index) => done.has(index) ? Promise.resolve() : new Promise((resolve11) => {
      waiting.set(index, resolve11);
    })
  };
}
async function bringIn(units, local, folder, toolsFolder, builder) {
  const { mkdir: mkdir13, copyFile: copyFile8, link } = await Promise.resolve().then(() => __toESM(require("node:fs/promises"), 1));
  await mkdir13((0, import_node_path14.join)(local, "in", "out"), { recursive: true });
  const isLocal = builder.kind === "host";
  const inside2 = `${builder.workspace}/${folder}`;
  const texts = [...new Set(units.map((unit) => unit.texts))];
  const placeOf2 = (path4) => isLocal ? path4 : `${inside2}/texts-${texts.indexOf(path4)}`;
  const plan = {
    jobs: builder.processors,
    units: units.map((unit, index) => ({
      source: placeOf2(unit.texts),
      output: `${inside2}/out/${index}`,
      modules: unit.modules.map(({ path: path4, offset, bytes }) => [path4, offset, bytes])
    }))
  };
  await (0, import_promises20.writeFile)((0, import_node_path14.join)(local, "in", "plan.json"), JSON.stringify(plan));
  await (0, import_promises20.writeFile)((0, import_node_path14.join)(local, "in", "out", ".keep"), "");
  if (!isLocal) {
    await copyFile8((0, import_node_path14.join)(toolsFolder, SCRIPT), (0, import_node_path14.join)(local, "in", SCRIPT));
    for (const [index, path4] of texts.entries()) await link(path4, (0, import_node_path14.join)(local, "in", `texts-${index}`));
  }
  await builder.put((0, import_node_path14.join)(local, "in"), folder);
  return { script: isLocal ? (0, import_node_path14.join)(toolsFolder, SCRIPT) : `${inside2}/${SCRIPT}`, plan: `${inside2}/plan.json` };
}
async function compilerDigest(toolsFolder) {
  return (await sha256Of((0, import_node_path14.join)(toolsFolder, SCRIPT))).toString("hex");
}
async function bytecodeOf({ modules }, path4) {
  const bytes = await (0, import_promises20.readFile)(path4);
  let at = 0;
  return modules.map(() => {
    const length = bytes.readUInt32LE(at);
    at += 4 + length;
    return length === 0 ? void 0 : bytes.subarray(at - length, at);
  });
}
function unitsOf(texts, modules) {
  const units = [];
  let unit = [];
  let bytes = 0;
  for (const module2 of modules) {
    if (unit.length > 0 && (unit.length === MOST_MODULES || bytes + module2.bytes > MOST_BYTES)) {
      units.push({ texts, modules: unit });
      unit = [];
      bytes = 0;
    }
    unit.push(module2);
    bytes += module2.bytes;
  }
  return unit.length > 0 ? [...units, { texts, modules: unit }] : units;
}
async function createTexts(path4) {
  const file = await (0, import_promises20.open)(path4, "wx");
  let offset = 0;
  return {
    path: path4,
    add: async (module2, text3) => {
      await writeAll(file, text3, offset);
      offset += text3.length;
      return { path: module2, offset: offset - text3.length, bytes: text3.length };
    },
    [Symbol.asyncDispose]: () => file.close()
  };
}
function bytecodePath(module2, pythonMinor, isAlone) {
  if (isAlone) return `${module2.slice(0, -".py".length)}.pyc`;
  const slash = module2.lastIndexOf("/") + 1;
  const stem = module2.slice(slash, -".py".length);
  return `${module2.slice(0, slash)}__pycache__/${stem}.cpython-${pythonMinor.replace(".", "")}.pyc`;
}
var import_promises20, import_node_path14, compilations, SCRIPT, MOST_MODULES, MOST_BYTES;
var init_compile = __esm({
  "src/artifact/compile.ts"() {
    "use strict";
    import_promises20 = require("node:fs/promises");
    import_node_path14 = require("node:path");
    init_errors();
    init_hash();
    init_write();
    compilations = 0;
    SCRIPT = "compile_bytecode.py";
    MOST_MODULES = 64;
    MOST_BYTES = 512 * 1024;
  }
});

// src/artifact/parallel.ts
async function inParallel(values, atOnce, work) {
  const results = [];
  const remaining = values.entries();
  const failures = [];
  const worker = async () => {
    for (const [index, value] of remaining) {
      if (failures.length > 0) return;
      try {
        results[index] = await work(value);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, values.length) }, worker));
  if (failures.length > 0) throw failures[0];
  return results;
}
var init_parallel = __esm({
  "src/artifact/parallel.ts"() {
    "use strict";
  }
});

// src/wheels/paths.ts
function sortedByPath(values, pathOf) {
  const hasSurrogates = values.some((value) => SURROGATE.test(pathOf(value)));
  return values.toSorted((left, right) => {
    const [a, b] = [pathOf(left), pathOf(right)];
    if (hasSurrogates) return Buffer.compare(Buffer.from(a), Buffer.from(b));
    return a < b ? -1 : a > b ? 1 : 0;
  });
}
var SURROGATE;
var init_paths = __esm({
  "src/wheels/paths.ts"() {
    "use strict";
    SURROGATE = /[\ud800-\udfff]/;
  }
});

// src/artifact/zip-records.ts
function localHeader(entry) {
  const name = Buffer.from(entry.path);
  const header = Buffer.alloc(LOCAL_HEADER.bytes + name.length);
  header.writeUInt32LE(LOCAL_HEADER.signature, 0);
  writeCommonFields(viewOf(header), 4, entry, name.length);
  name.copy(header, LOCAL_HEADER.bytes);
  return header;
}
function centralDirectory(entries, offsets, start) {
  const length = entries.reduce((sum3, { path: path4 }) => sum3 + CENTRAL_HEADER.bytes + Buffer.byteLength(path4), 0);
  const directory = Buffer.alloc(length);
  const view = viewOf(directory);
  let at = 0;
  for (const [index, entry] of entries.entries()) {
    const nameLength = directory.write(entry.path, at + CENTRAL_HEADER.bytes);
    view.setUint32(at, CENTRAL_HEADER.signature, true);
    view.setUint16(at + 4, MADE_BY, true);
    writeCommonFields(view, at + 6, entry, nameLength);
    view.setUint32(at + 38, (REGULAR_FILE | entry.mode) << 16 >>> 0, true);
    view.setUint32(at + 42, offsets[index] ?? 0, true);
    at += CENTRAL_HEADER.bytes + nameLength;
  }
  return Buffer.concat([directory, endRecords(entries.length, length, start)]);
}
function viewOf({ buffer: buffer2, byteOffset, byteLength }) {
  return new DataView(buffer2, byteOffset, byteLength);
}
function writeCommonFields(header, at, entry, nameLength) {
  header.setUint16(at, NEEDS_VERSION, true);
  header.setUint16(at + 2, UTF8_NAMES, true);
  header.setUint16(at + 4, entry.method, true);
  header.setUint16(at + 8, DOS_DATE, true);
  header.setUint32(at + 10, entry.crc, true);
  header.setUint32(at + 14, entry.zippedBytes, true);
  header.setUint32(at + 18, entry.unzippedBytes, true);
  header.setUint16(at + 22, nameLength, true);
}
function endRecords(count, length, start) {
  const end = Buffer.alloc(END_RECORD.bytes);
  end.writeUInt32LE(END_RECORD.signature, 0);
  end.writeUInt16LE(Math.min(count, MAX_16), 8);
  end.writeUInt16LE(Math.min(count, MAX_16), 10);
  end.writeUInt32LE(Math.min(length, MAX_32), 12);
  end.writeUInt32LE(Math.min(start, MAX_32), 16);
  if (count < MAX_16) return end;
  const record2 = Buffer.alloc(ZIP64_END_RECORD.bytes);
  record2.writeUInt32LE(ZIP64_END_RECORD.signature, 0);
  record2.writeBigUInt64LE(BigInt(ZIP64_END_RECORD.bytes - 12), 4);
  record2.writeUInt16LE(UNIX << 8 | NEEDS_ZIP64, 12);
  record2.writeUInt16LE(NEEDS_ZIP64, 14);
  record2.writeBigUInt64LE(BigInt(count), 24);
  record2.writeBigUInt64LE(BigInt(count), 32);
  record2.writeBigUInt64LE(BigInt(length), 40);
  record2.writeBigUInt64LE(BigInt(start), 48);
  const locator = Buffer.alloc(ZIP64_LOCATOR.bytes);
  locator.writeUInt32LE(ZIP64_LOCATOR.signature, 0);
  locator.writeBigUInt64LE(BigInt(start + length), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([record2, locator, end]);
}
var MADE_BY, NEEDS_VERSION, NEEDS_ZIP64, DOS_DATE, REGULAR_FILE;
var init_zip_records = __esm({
  "src/artifact/zip-records.ts"() {
    "use strict";
    init_zip_format();
    MADE_BY = UNIX << 8 | 20;
    NEEDS_VERSION = 20;
    NEEDS_ZIP64 = 45;
    DOS_DATE = 1 << 5 | 1;
    REGULAR_FILE = 32768;
    localHeader.bytes = ({ path: path4 }) => LOCAL_HEADER.bytes + Buffer.byteLength(path4);
  }
});

// src/artifact/slice.ts
async function compress(content) {
  const chunkSize = Math.min(1 << 20, Math.max(64, content.length));
  const deflated = await deflate(content, { level: 6, chunkSize });
  const isSmaller = deflated.length < content.length;
  const bytes = isSmaller ? deflated : content;
  return {
    method: isSmaller ? DEFLATED : STORED,
    crc: (0, import_node_zlib.crc32)(content),
    zippedBytes: bytes.length,
    unzippedBytes: content.length,
    bytes
  };
}
async function writeSlice(path4, facts, entries, fill3) {
  const placed = placeEntries(sortedByPath(entries, ({ path: path5 }) => path5));
  const places = new Map(placed.map((entry) => [entry.path, entry]));
  const length = placed.reduce((sum3, { recordBytes }) => sum3 + recordBytes, 0);
  const file = await (0, import_promises21.open)(path4, "wx");
  try {
    const held = length <= MOST_HELD_BYTES ? Buffer.allocUnsafe(length) : void 0;
    if (places.size < placed.length) throw new Error("a slice has two files of one path");
    const missing2 = new Set(places.keys());
    await fill3(async ({ path: path5 }, compressed) => {
      const entry = places.get(path5);
      const isHere = compressed instanceof Uint8Array;
      if (!entry || isHere && compressed.length !== entry.zippedBytes)
        throw new Error(`${path5} is not what was announced`);
      const header = localHeader(entry);
      const dataAt = entry.offset + header.length;
      if (held) {
        held.set(header, entry.offset);
        if (isHere) held.set(compressed, dataAt);
        else await readAll(compressed, held.subarray(dataAt, dataAt + entry.zippedBytes));
      } else {
        await writeAll(file, header, entry.offset);
        if (isHere) await writeAll(file, compressed, dataAt);
        else await copyAll(compressed, entry.zippedBytes, file, dataAt);
      }
      missing2.delete(path5);
    });
    if (missing2.size > 0) throw new Error(`${[...missing2][0] ?? ""} was not written`);
    if (held) await writeAll(file, held, 0);
    const index = {
      ...facts,
      entries: placed.map((entry) => [
        entry.path,
        entry.mode === 493 ? 1 : 0,
        entry.method,
        entry.crc,
        entry.zippedBytes,
        entry.unzippedBytes
      ])
    };
    const text3 = Buffer.from(JSON.stringify(index));
    const end = Buffer.alloc(4);
    end.writeUInt32LE(text3.length);
    await writeAll(file, Buffer.concat([text3, end, MAGIC]), length);
  } finally {
    await file.close();
  }
}
async function openSlice(path4) {
  const file = await (0, import_promises21.open)(path4).catch(() => void 0);
  if (!file) return void 0;
  try {
    const { entries, ...facts } = await readIndex(file);
    const described2 = entries.map(
      ([path5, isExecutable, method, crc, zippedBytes, unzippedBytes]) => ({
        path: path5,
        mode: isExecutable ? 493 : 420,
        method,
        crc,
        zippedBytes,
        unzippedBytes
      })
    );
    return { facts, entries: placeEntries(described2), file, [Symbol.asyncDispose]: () => file.close() };
  } catch {
    await file.close();
    return void 0;
  }
}
async function readIndex(file) {
  const { size } = await file.stat();
  const endBytes = 4 + MAGIC.length;
  const end = Buffer.alloc(endBytes);
  await file.read(end, 0, endBytes, size - endBytes);
  if (!end.subarray(4).equals(MAGIC)) throw new Error("not a slice");
  const text3 = Buffer.alloc(end.readUInt32LE(0));
  await file.read(text3, 0, text3.length, size - endBytes - text3.length);
  return JSON.parse(text3.toString());
}
function placeEntries(sorted) {
  let offset = 0;
  return sorted.map(({ path: path4, mode, method, crc, zippedBytes, unzippedBytes }) => {
    const recordBytes = localHeader.bytes({ path: path4 }) + zippedBytes;
    offset += recordBytes;
    return { path: path4, mode, method, crc, zippedBytes, unzippedBytes, offset: offset - recordBytes, recordBytes };
  });
}
var import_promises21, import_node_util2, import_node_zlib, SLICE_FORMAT, MAGIC, MOST_HELD_BYTES, deflate;
var init_slice = __esm({
  "src/artifact/slice.ts"() {
    "use strict";
    import_promises21 = require("node:fs/promises");
    import_node_util2 = require("node:util");
    import_node_zlib = require("node:zlib");
    init_paths();
    init_zip_format();
    init_write();
    init_zip_records();
    SLICE_FORMAT = 2;
    MAGIC = Buffer.from("WLSLICE1");
    MOST_HELD_BYTES = 8 << 20;
    deflate = (0, import_node_util2.promisify)(import_node_zlib.deflateRaw);
  }
});

// src/artifact/application-slice.ts
async function applicationSlice(files, options, { store, ...compilation }) {
  const kept = await store.find("applications", options.key);
  const last = kept === void 0 ? void 0 : await openSlice(kept);
  try {
    const contents = await contentKeys(files);
    const isSame3 = (path4) => last !== void 0 && last.facts.contents?.[path4] === contents.get(path4);
    const changed = files.filter(({ path: path4 }) => !isSame3(path4));
    if (last && changed.length === 0 && Object.keys(last.facts.contents ?? {}).length === files.length) return last;
    const spoolPath = (0, import_node_path15.join)(compilation.temporary, "application.spool");
    const spool = await (0, import_promises22.open)(spoolPath, "wx+");
    try {
      const unchanged = last ? reused(last, files, isSame3, options) : [];
      const compressed = await spoolAll(changed, contents, spool);
      const bytecode = await compileChanged(changed, contents, spool, compressed, options, compilation);
      const made = settle([...unchanged, ...compressed.entries, ...bytecode], options);
      const facts = { ...APPLICATION, contents: Object.fromEntries(contents) };
      const entries = made.map(({ entry }) => entry);
      const path4 = await store.keep(
        "applications",
        options.key,
        (path5) => writeSlice(path5, facts, entries, async (write) => {
          for (const { entry, from, offset } of made) await write(entry, { file: from, offset });
        })
      );
      await last?.[Symbol.asyncDispose]();
      const slice = await openSlice(path4);
      if (!slice) throw new Error(`${path4} is gone`);
      return slice;
    } finally {
      await spool.close();
      await (0, import_promises22.rm)(spoolPath, { force: true });
    }
  } catch (error) {
    await last?.[Symbol.asyncDispose]();
    throw error;
  }
}
async function contentKeys(files) {
  const keys = await inParallel(files, FILES_AT_ONCE, async (entry) => {
    const digest = await whileUnchanged(entry, () => digestOf(entry));
    return [entry.path, `${entry.mode === 493 ? "x" : "-"}${digest}`];
  });
  return new Map(keys);
}
async function digestOf({ content }) {
  if ("bytes" in content) return (0, import_node_crypto7.createHash)("sha256").update(content.bytes).digest("base64url");
  const { size } = await (0, import_promises22.stat)(content.file);
  if (size > STREAM_BYTES) return (await sha256Of(content.file)).toString("base64url");
  return (0, import_node_crypto7.createHash)("sha256").update(await (0, import_promises22.readFile)(content.file)).digest("base64url");
}
function reused(last, files, isSame3, { pythonMinor, bytecode }) {
  const placed = new Map(last.entries.map((entry) => [entry.path, entry]));
  const take = (entry) => {
    if (!entry) return [];
    return [{ entry, from: last.file, offset: entry.offset + localHeader.bytes(entry) }];
  };
  return files.filter(({ path: path4 }) => isSame3(path4)).flatMap(({ path: path4 }) => [
    ...take(placed.get(path4)),
    ...path4.endsWith(".py") ? take(placed.get(bytecodePath(path4, pythonMinor, bytecode === "alone"))) : []
  ]);
}
async function spoolAll(changed, contents, file) {
  const spool = { entries: [], end: 0 };
  await inParallel(changed, FILES_AT_ONCE, async (entry) => {
    const { content, path: path4, mode } = entry;
    await whileUnchanged(entry, async () => {
      if ("file" in content && (await (0, import_promises22.stat)(content.file)).size > STREAM_BYTES) return;
      const bytes = "file" in content ? await (0, import_promises22.readFile)(content.file) : content.bytes;
      refuseChanged(entry, (0, import_node_crypto7.createHash)("sha256").update(bytes).digest("base64url"), contents);
      const { bytes: compressed, ...sizes } = await compress(bytes);
      await addToSpool(spool, file, { path: path4, mode, ...sizes }, compressed);
    });
  });
  const done = new Set(spool.entries.map(({ entry }) => entry.path));
  for (const entry of changed)
    if (!done.has(entry.path)) await whileUnchanged(entry, () => spoolStream(entry, contents, spool, file));
  return spool;
}
async function addToSpool(spool, file, entry, compressed) {
  const offset = spool.end;
  spool.end += compressed.length;
  await writeAll(file, compressed, offset);
  spool.entries.push({ entry, from: file, offset });
}
async function spoolStream(entry, contents, spool, file) {
  if (!("file" in entry.content)) throw new Error(`${entry.path} is no file`);
  const hash = (0, import_node_crypto7.createHash)("sha256");
  let crc = 0;
  let unzippedBytes = 0;
  const offset = spool.end;
  const measured = new import_node_stream3.Transform({
    transform: (chunk, _, done) => {
      hash.update(chunk);
      crc = (0, import_node_zlib2.crc32)(chunk, crc);
      unzippedBytes += chunk.length;
      done(null, chunk);
    }
  });
  const sink = new import_node_stream3.Writable({
    write: (chunk, _, done) => {
      const at = spool.end;
      spool.end += chunk.length;
      writeAll(file, chunk, at).then(() => {
        done();
      }, done);
    }
  });
  await (0, import_promises23.pipeline)((0, import_node_fs9.createReadStream)(entry.content.file), measured, (0, import_node_zlib2.createDeflateRaw)({ level: 6 }), sink);
  refuseChanged(entry, hash.digest("base64url"), contents);
  const sizes = { method: DEFLATED, crc, zippedBytes: spool.end - offset, unzippedBytes };
  spool.entries.push({ entry: { path: entry.path, mode: entry.mode, ...sizes }, from: file, offset });
}
async function compileChanged(changed, contents, file, spool, { bytecode: kind, pythonMinor }, compilation) {
  var _stack = [];
  try {
    const sources = kind === "none" ? [] : changed.filter(({ path: path4 }) => path4.endsWith(".py"));
    if (sources.length === 0) return [];
    const modules = [];
    const texts = __using(_stack, await createTexts((0, import_node_path15.join)(compilation.temporary, "application.texts")), true);
    for (const source2 of sources) {
      const { path: path4, content } = source2;
      const text3 = "file" in content ? await whileUnchanged(source2, () => (0, import_promises22.readFile)(content.file)) : Buffer.from(content.bytes);
      refuseChanged(source2, (0, import_node_crypto7.createHash)("sha256").update(text3).digest("base64url"), contents);
      modules.push(await texts.add(path4, text3));
    }
    const units = modules.map((module2) => ({ texts: texts.path, modules: [module2] }));
    const before = spool.entries.length;
    let index = 0;
    for await (const [bytecode] of compileUnits(units, compilation)) {
      const module2 = modules[index++];
      if (!module2 || !bytecode) continue;
      const { bytes, ...sizes } = await compress(bytecode);
      const path4 = bytecodePath(module2.path, pythonMinor, kind === "alone");
      await addToSpool(spool, file, { path: path4, mode: 420, ...sizes }, bytes);
    }
    return spool.entries.splice(before);
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    var _promise = __callDispose(_stack, _error, _hasError);
    _promise && await _promise;
  }
}
function settle(all, { bytecode, pythonMinor }) {
  if (bytecode !== "alone") return [...all];
  const paths = new Set(all.map(({ entry }) => entry.path));
  return all.filter(({ entry: { path: path4 } }) => !path4.endsWith(".py") || !paths.has(bytecodePath(path4, pythonMinor, true)));
}
function refuseChanged({ path: path4, mode }, digest, contents) {
  if (contents.get(path4) !== `${mode === 493 ? "x" : "-"}${digest}`) throw changedMeanwhile(path4);
}
async function whileUnchanged({ path: path4 }, work) {
  try {
    return await work();
  } catch (error) {
    if (!IS_ANOTHER.has(error.code ?? "")) throw error;
    throw changedMeanwhile(path4);
  }
}
function changedMeanwhile(path4) {
  return new UserError({
    title: `${path4} changed while it was read`,
    hint: "Something else writes into the project during the build: end it, or leave the file out with exclude."
  });
}
var import_node_crypto7, import_node_fs9, import_promises22, import_node_path15, import_node_stream3, import_promises23, import_node_zlib2, STREAM_BYTES, FILES_AT_ONCE, APPLICATION, IS_ANOTHER;
var init_application_slice = __esm({
  "src/artifact/application-slice.ts"() {
    "use strict";
    import_node_crypto7 = require("node:crypto");
    import_node_fs9 = require("node:fs");
    import_promises22 = require("node:fs/promises");
    import_node_path15 = require("node:path");
    import_node_stream3 = require("node:stream");
    import_promises23 = require("node:stream/promises");
    import_node_zlib2 = require("node:zlib");
    init_errors();
    init_hash();
    init_zip_format();
    init_compile();
    init_parallel();
    init_slice();
    init_write();
    init_zip_records();
    STREAM_BYTES = 16 << 20;
    FILES_AT_ONCE = 16;
    APPLICATION = { distribution: "", version: "", tags: [], binaries: [], namespaces: [], leftOut: {} };
    IS_ANOTHER = /* @__PURE__ */ new Set(["ENOENT", "EISDIR", "ENOTDIR"]);
  }
});

// src/requirements/credentials.ts
function withoutCredentials(text3) {
  return text3.replace(
    /\b([a-z][a-z0-9+.-]*:\/\/)([^\s/@'"]+(?:@[^\s/@'"]+)*)@/gi,
    (whole, scheme, user) => /ssh/i.test(scheme) && !user.includes(":") ? whole : scheme
  );
}
var init_credentials = __esm({
  "src/requirements/credentials.ts"() {
    "use strict";
  }
});

// src/requirements/public-index.ts
async function otherIndexes(pipOptions, environment) {
  const fromVariables = Object.entries(environment).filter(([name]) => INDEX_VARIABLES.test(name)).toSorted().flatMap(([, value]) => addressesIn(value ?? ""));
  const fromFiles = await Promise.all(pipFiles(environment).map(addressesInFile));
  const addresses = [...fromVariables, ...fromFiles.flat(), ...addressesInOptions(pipOptions)];
  return addresses.filter((address) => !PUBLIC.test(address)).map(withoutCredentials);
}
async function isPublicOnly(pipOptions, environment) {
  return (await otherIndexes(pipOptions, environment)).length === 0;
}
function isWithoutIndex(environment) {
  return /^(?:y|yes|t|true|on|1)$/i.test(environment["PIP_NO_INDEX"] ?? "");
}
function isPublicPin({ source: source2 }) {
  switch (source2.kind) {
    case "index":
      return source2.index === void 0 || PUBLIC.test(source2.index);
    case "url":
      return PUBLIC.test(source2.url);
    case "local":
      return false;
  }
}
function addressesIn(text3) {
  return text3.split(/\s+/).filter((word) => word !== "");
}
function addressesInOptions(options) {
  return options.flatMap((option, index) => {
    const [name = "", value] = option.split(/=(.*)/s);
    if (!option.startsWith("-") || !INDEX_OPTION.test(name.replace(/^-(?=\w$)/, "--"))) return [];
    return addressesIn(value ?? options[index + 1] ?? "");
  });
}
async function addressesInFile(path4) {
  const text3 = await (0, import_promises24.readFile)(path4, "utf8").catch(() => "");
  let isIndex = false;
  return text3.split(/\r?\n/).flatMap((line) => {
    const [, name, value] = /^([\w-]+)\s*[=:]\s*(.*)$/.exec(line) ?? [];
    if (name !== void 0) isIndex = INDEX_OPTION.test(name);
    else if (!/^\s+\S/.test(line)) isIndex = false;
    return isIndex ? addressesIn(name === void 0 ? line : value ?? "") : [];
  });
}
var import_promises24, INDEX_VARIABLES, INDEX_OPTION, PUBLIC;
var init_public_index = __esm({
  "src/requirements/public-index.ts"() {
    "use strict";
    import_promises24 = require("node:fs/promises");
    init_pip_files();
    init_credentials();
    INDEX_VARIABLES = /^(?:PIP_(?:INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS)|UV_(?:INDEX_URL|EXTRA_INDEX_URL|DEFAULT_INDEX|INDEX|FIND_LINKS))$/;
    INDEX_OPTION = /^(?:--)?(?:index-url|extra-index-url|find-links|i|f)$/;
    PUBLIC = /^https:\/\/(?:pypi\.org\/simple|files\.pythonhosted\.org\/\S*)\/?$/;
  }
});

// src/platform/tags.ts
function wheelTags({ pythonMinor, architecture, glibc }) {
  const newest2 = Number(glibc.split(".")[1]);
  const minors = Array.from({ length: newest2 - OLDEST_GLIBC[architecture] + 1 }, (_, index) => newest2 - index);
  const names = minors.flatMap((minor) => [
    `manylinux_2_${minor}`,
    ...LEGACY[minor] === void 0 ? [] : [LEGACY[minor]]
  ]);
  return {
    platforms: names.map((name) => `${name}_${MACHINE[architecture]}`),
    abis: [`cp${pythonMinor.replace(".", "")}`, "abi3", "none"]
  };
}
function pipTargetOptions(target, pythonVersion) {
  const { platforms, abis } = wheelTags(target);
  return [
    ...["--only-binary", ":all:", "--implementation", "cp", "--python-version", pythonVersion],
    ...abis.flatMap((abi) => ["--abi", abi]),
    ...platforms.flatMap((platform) => ["--platform", platform])
  ];
}
function rankWheel(filename, target) {
  const [pythons = "", abis = "", platforms = ""] = filename.replace(/\.whl$/, "").split("-").slice(-3);
  const ranks = pythons.split(".").flatMap(
    (python) => abis.split(".").flatMap((abi) => platforms.split(".").flatMap((platform) => rankTag(python, abi, platform, target) ?? []))
  );
  return ranks.length === 0 ? void 0 : Math.min(...ranks);
}
function rankTag(python, abi, platform, target) {
  const platforms = inPipsOrder(wheelTags(target).platforms);
  const index = platform === "any" ? PLATFORMS - 1 : platforms.indexOf(platform);
  if (index < 0) return void 0;
  const minor = Number(target.pythonMinor.split(".")[1]);
  const own = `cp3${minor}`;
  const older = /^cp3(\d+)$/.exec(python);
  const olderMinor = older ? Number(older[1]) : void 0;
  const isAny = platform === "any";
  if (!isAny && python === own && abi === own) return index;
  if (!isAny && python === own && abi === "abi3") return PLATFORMS + index;
  if (!isAny && python === own && abi === "none") return 2 * PLATFORMS + index;
  if (!isAny && abi === "abi3" && olderMinor !== void 0 && olderMinor >= 2 && olderMinor < minor)
    return (3 + minor - olderMinor) * PLATFORMS + index;
  if (abi !== "none") return void 0;
  const generic = pureRank(python, minor);
  if (generic !== void 0) return (isAny ? 200 : 100) * PLATFORMS + generic * PLATFORMS + index;
  return isAny && python === own ? 199 * PLATFORMS : void 0;
}
function inPipsOrder(platforms) {
  const isLegacy = (platform) => /^manylinux(?:1|2010)_/.test(platform);
  const legacy = platforms.filter(isLegacy);
  return platforms.flatMap((platform) => {
    if (isLegacy(platform)) return [];
    return platform.startsWith("manylinux2014_") ? [platform, ...legacy] : [platform];
  });
}
function pureRank(python, minor) {
  if (python === `py3${minor}`) return 0;
  if (python === "py3") return 1;
  const older = /^py3(\d+)$/.exec(python);
  const distance = older ? minor - Number(older[1]) : -1;
  return distance > 0 && distance <= minor ? 1 + distance : void 0;
}
var LEGACY, OLDEST_GLIBC, MACHINE, PLATFORMS;
var init_tags = __esm({
  "src/platform/tags.ts"() {
    "use strict";
    LEGACY = { 17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1" };
    OLDEST_GLIBC = { x86_64: 5, arm64: 17 };
    MACHINE = { x86_64: "x86_64", arm64: "aarch64" };
    PLATFORMS = 1e3;
  }
});

// src/requirements/files.ts
async function readRequirementsFiles(projectFolder, path4) {
  const files = /* @__PURE__ */ new Map();
  const read = async (wanted, includedBy) => {
    if (files.has(wanted)) return;
    const file = requirementsFile(wanted, await readText(projectFolder, wanted, includedBy));
    files.set(wanted, file);
    for (const included of includesOf(file)) await read(included, wanted);
  };
  await read(import_node_path16.posix.normalize(path4), void 0);
  return [...files.values()];
}
function requirementsFile(path4, text3) {
  return { path: path4, text: text3, lines: logicalLines(text3) };
}
function lineOf(files, names) {
  const wanted = new Set(names.map(normalise));
  for (const file of files) {
    const line = file.lines.find(
      ({ text: text3 }) => wanted.has(normalise(/^[A-Za-z0-9][A-Za-z0-9._-]*/.exec(text3)?.[0] ?? ""))
    );
    if (line) return { file: file.path, line: line.number };
  }
  return void 0;
}
function normalise(name) {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}
async function readText(projectFolder, path4, includedBy) {
  try {
    const bytes = await (0, import_promises25.readFile)(import_node_path16.posix.join(projectFolder, path4));
    return new TextDecoder(encodingOf(bytes)).decode(bytes);
  } catch (error) {
    throw new UserError(
      {
        title: `The requirements file ${path4} cannot be read`,
        detail: [includedBy && `It is included by ${includedBy}.`, error.message].filter(Boolean).join("\n"),
        hint: "Paths are relative to the file that includes them."
      },
      { cause: error }
    );
  }
}
function encodingOf([first, second]) {
  if (first === 255 && second === 254) return "utf-16le";
  return first === 254 && second === 255 ? "utf-16be" : "utf-8";
}
function logicalLines(text3) {
  const lines2 = [];
  let joined2 = "";
  let start = 1;
  for (const [index, physical] of text3.split(/\r?\n/).entries()) {
    if (joined2 === "") start = index + 1;
    const line = physical.replace(/(^|\s)#.*$/, "").trimEnd();
    if (line.endsWith("\\")) {
      joined2 += `${line.slice(0, -1)} `;
      continue;
    }
    const whole = (joined2 + line).trim();
    joined2 = "";
    if (whole !== "") lines2.push({ text: whole, number: start });
  }
  if (joined2.trim() !== "") lines2.push({ text: joined2.trim(), number: start });
  return lines2;
}
function includesOf({ path: path4, lines: lines2 }) {
  const included = lines2.flatMap(
    ({ text: text3 }) => /^(?:-r|--requirement|-c|--constraint)(?:\s+|=)?(\S+)/.exec(text3)?.[1] ?? []
  );
  return included.filter((file) => !/^[a-z]+:\/\//i.test(file)).map((file) => import_node_path16.posix.join(import_node_path16.posix.dirname(path4), file));
}
var import_promises25, import_node_path16;
var init_files = __esm({
  "src/requirements/files.ts"() {
    "use strict";
    import_promises25 = require("node:fs/promises");
    import_node_path16 = require("node:path");
    init_errors();
  }
});

// src/requirements/failure.ts
function resolutionFailure(stderr, builder, files) {
  const { target } = builder;
  const said2 = withoutCredentials(stderr);
  const text3 = said2.replace(/\s+/g, " ");
  const place = { location: lineOf(files, namesIn(text3, files)) };
  const detail = said2.trim();
  const on = `${target.runtime} on ${target.architecture}`;
  if (/invalid peer certificate|UnknownIssuer|self-signed certificate|CERTIFICATE_VERIFY_FAILED/i.test(text3)) {
    return new UserError({
      title: "The package index could not be reached safely: its certificate is not trusted",
      detail,
      hint: "Set ca-file to the certificate authority (PEM) of your network.",
      ...place
    });
  }
  if (/error sending request|dns error|Connection refused|Could not connect|timed out|Max retries exceeded|NewConnectionError|Connection aborted/i.test(
    text3
  )) {
    return new UserError({
      title: "The package index could not be reached",
      detail,
      hint: "Check the network and the index settings (UV_INDEX_URL, UV_DEFAULT_INDEX, PIP_INDEX_URL).",
      ...place
    });
  }
  if (/status server error|\b5\d\d Server Error|HTTP error 5\d\d/i.test(text3)) {
    return new UserError({
      title: "The package index does not work at the moment",
      detail,
      hint: "Try again later, or use a mirror (UV_DEFAULT_INDEX, PIP_INDEX_URL).",
      ...place
    });
  }
  if (/\b40[13] (?:Client Error: )?(?:Unauthorized|Forbidden)\b|\b40[13] Error, Credentials/i.test(text3)) {
    return new UserError({
      title: "The package index refused access",
      detail,
      hint: "Check the credentials of the index (UV_INDEX_…_USERNAME and _PASSWORD, or in its address).",
      ...place
    });
  }
  const mismatched = /(?:Hash mismatch for `?|DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.*?someone may have tampered with them\. )([\w.-]+?)(?:==[^\s`]*)?`?(?:\s|$)/i.exec(
    text3
  )?.[1];
  if (mismatched !== void 0) {
    return new UserError({
      title: `The hash of ${mismatched} is not the one in the manifest`,
      detail,
      hint: "What the index has is another file than the one that was locked: lock again, and look at why.",
      location: lineOf(files, [mismatched])
    });
  }
  const wheelless = /(?:^|[\s`])([A-Za-z0-9][\w.-]*?)(?:==\S+)? has no (?:usable )?wheels|versions of ([\w.-]+) have no (?:usable )?wheels|Building source distributions (?:for `?([\w.-]+)`? )?is disabled/i.exec(
    text3
  );
  if (wheelless) {
    const built = wheelless.slice(1).some(Boolean) ? void 0 : repositoryLine(files);
    const name = wheelless[1] ?? wheelless[2] ?? wheelless[3] ?? built?.text ?? "A requirement";
    return new UserError({
      title: built ? `${name} must be built` : `${name} has no wheel for ${on}`,
      detail,
      hint: builder.kind === "host" ? "The host builder does not compile. Use builder: docker (with system-packages for what it needs), choose another version, or a binary variant of the package (psycopg[binary] instead of psycopg2). What is pure Python is built here too, once the requirements are locked." : "Choose another version, or name what it needs to compile in system-packages.",
      ...built ? { location: built.location } : place
    });
  }
  const unmatched = /No matching distribution found for ([A-Za-z0-9][\w.-]*)(\S*)/i.exec(text3);
  if (unmatched) {
    const [, name = "", which2 = ""] = unmatched;
    return new UserError({
      title: `${name}${which2} was not found for ${on}`,
      detail,
      // pip does not tell an index that refused access from one that has nothing.
      hint: "The index has no such version, none that can be installed there, or refused access. Check name, version, and the address and credentials of the index.",
      location: lineOf(files, [name])
    });
  }
  const unknown2 = /Because ([\w.-]+) was not found in the (?:package registry|provided package locations)/i.exec(
    text3
  )?.[1];
  if (unknown2 !== void 0) {
    return new UserError({
      title: `${unknown2} does not exist in the package index`,
      detail,
      hint: "Check its spelling; for a private package, set the index (UV_INDEX, PIP_EXTRA_INDEX_URL).",
      location: lineOf(files, [unknown2])
    });
  }
  return new UserError({
    title: `The requirements cannot be installed for ${on}`,
    detail,
    hint: "The lines above say which requirements exclude each other, or what failed.",
    ...place
  });
}
function repositoryLine(files) {
  for (const { path: path4, lines: lines2 } of files) {
    const line = lines2.find(({ text: text3 }) => /\b(?:git|hg|svn|bzr)\+/.test(text3));
    if (line) return { text: withoutCredentials(line.text), location: { file: path4, line: line.number } };
  }
  return void 0;
}
function namesIn(text3, files) {
  const spoken = new Set(text3.match(/[A-Za-z0-9][\w.-]*/g)?.map((word) => normalise(word.replace(/[.]+$/, ""))) ?? []);
  const own = files.flatMap(({ lines: lines2 }) => lines2.map(({ text: line }) => /^[A-Za-z0-9][\w.-]*/.exec(line)?.[0] ?? ""));
  return own.filter((name) => name !== "" && spoken.has(normalise(name)));
}
var init_failure = __esm({
  "src/requirements/failure.ts"() {
    "use strict";
    init_errors();
    init_credentials();
    init_files();
  }
});

// src/wheels/pip.ts
async function runPip(args, builder, { run: run3 = (command) => builder.run(command), env } = {}) {
  const completed = await run3([builder.python, "-m", "pip", ...args], env);
  if (completed.exitCode === 0 || !/No module named '?pip'?/.test(completed.stderr)) return completed;
  return await run3([builder.python, await pipOfOurOwn(builder), ...args], env);
}
async function pipOfOurOwn(builder) {
  const folder = "pip";
  const install = ["pip", "install", "--quiet", "--python", builder.python, "--target", folder, "pip"];
  const { exitCode, stderr } = await builder.run([await builder.uv(), ...install]);
  if (exitCode !== 0) throw resolutionFailure(stderr, builder, []);
  return `${folder}/pip`;
}
var init_pip = __esm({
  "src/wheels/pip.ts"() {
    "use strict";
    init_failure();
  }
});

// src/wheels/requirement-lines.ts
function requirementLine({ name, version, hashes, source: source2 }) {
  const what = source2.kind === "url" ? `${name} @ ${source2.url}` : `${name}==${version ?? ""}`;
  return [what, ...hashes.map((hash) => `--hash=${hash}`)].join(" ");
}
function indexLines(pipOptions, source2) {
  const lines2 = [];
  for (const [index, option] of pipOptions.entries()) {
    if (option === "--no-index") lines2.push(option);
    const [, name, value] = INDEX_OPTION2.exec(option) ?? [];
    if (name !== void 0) lines2.push(`${name} ${value ?? pipOptions[index + 1] ?? ""}`);
  }
  const only = source2?.kind === "index" ? source2.index : void 0;
  if (only === void 0 || lines2.includes("--no-index")) return lines2;
  const known = lines2.map((line) => line.replace(/^\S+ /, "")).find((address) => isSameIndex(address, only));
  return [`--index-url ${known ?? only}`, ...lines2.filter((line) => line.startsWith("--trusted-host "))];
}
function isSameIndex(one, other) {
  const [left, right] = [one, other].map((address) => withoutCredentials(address).replace(/\/+$/, ""));
  return left === right;
}
var INDEX_OPTION2;
var init_requirement_lines = __esm({
  "src/wheels/requirement-lines.ts"() {
    "use strict";
    init_credentials();
    INDEX_OPTION2 = /^(--(?:index-url|extra-index-url|find-links|trusted-host)|-i|-f)(?:[= ](.*))?$/s;
  }
});

// src/wheels/download.ts
async function downloadWheels(pins, surroundings2) {
  const { located: located2 } = surroundings2;
  const wheels = /* @__PURE__ */ new Map();
  const known = pins.filter((pin2) => located2.has(pin2));
  const { exitCode, taken: taken2 } = await download(known, surroundings2);
  const unknown2 = exitCode === 0 ? pins.filter((pin2) => !located2.has(pin2)) : pins;
  for (const wheel of taken2) wheels.set(wheel.name, wheel);
  const wheelless = [];
  const search = { ...surroundings2, located: /* @__PURE__ */ new Map() };
  const hashed = unknown2.filter(({ hashes }) => hashes.length > 0);
  const unhashed = unknown2.filter(({ hashes }) => hashes.length === 0);
  const indexes = [...new Set(unhashed.map(onlyIndex))];
  for (const part of [hashed, ...indexes.map((index) => unhashed.filter((pin2) => onlyIndex(pin2) === index))]) {
    let wanted = part;
    while (wanted.length > 0) {
      const { exitCode: exitCode2, stderr, taken: taken3 } = await download(wanted, search);
      for (const wheel of taken3) wheels.set(wheel.name, wheel);
      if (exitCode2 === 0) break;
      const missing2 = wanted.find((pin2) => saysNoWheel(stderr, pin2));
      if (!missing2) throw resolutionFailure(stderr, surroundings2.builder, []);
      wheelless.push(missing2);
      wanted = wanted.filter((pin2) => pin2 !== missing2);
    }
  }
  return { wheels, wheelless };
}
function onlyIndex({ source: source2 }) {
  return source2.kind === "index" ? source2.index : void 0;
}
async function download(pins, { builder, pipOptions, temporary, located: located2 }) {
  if (pins.length === 0) return { exitCode: 0, stderr: "", taken: [] };
  const folder = `download-${++downloads}`;
  const staging = (0, import_node_path17.join)(temporary, folder);
  await (0, import_promises26.mkdir)(staging);
  const isHashed = pins.some((pin2) => pin2.hashes.length > 0 || located2.has(pin2));
  const lines2 = [
    ...indexLines(await withReachableFolders(pipOptions, folder, builder), isHashed ? void 0 : pins[0]?.source),
    ...pins.map((pin2) => requirementLine(atItsPlace(pin2, located2.get(pin2))))
  ];
  await (0, import_promises26.writeFile)((0, import_node_path17.join)(staging, "requirements.txt"), `${lines2.join("\n")}
`);
  await builder.put(staging, folder);
  const options = [
    ...["download", "--quiet", "--no-input", "--disable-pip-version-check", "--no-deps", "--progress-bar", "off"],
    ...["--dest", `${folder}/wheels`, "--requirement", `${folder}/requirements.txt`],
    ...isHashed ? ["--require-hashes"] : [],
    ...pipTargetOptions(builder.target, builder.pythonVersion),
    ...pipOptions.includes("--prefer-binary") ? ["--prefer-binary"] : []
  ];
  const { exitCode, stderr } = await runPip(options, builder);
  if (exitCode !== 0) return { exitCode, stderr, taken: [] };
  const taken2 = await builder.take(`${folder}/wheels`, (0, import_node_path17.join)(temporary, `${folder}-wheels`));
  const filenames = await (0, import_promises26.readdir)(taken2);
  return {
    exitCode,
    stderr,
    taken: filenames.map((filename) => ({
      name: normalise(filename.split("-", 1)[0] ?? ""),
      filename,
      path: (0, import_node_path17.join)(taken2, filename)
    }))
  };
}
function atItsPlace(pin2, located2) {
  if (!located2) return pin2;
  return { ...pin2, hashes: located2.hashes, source: { kind: "url", url: located2.url } };
}
async function withReachableFolders(pipOptions, folder, builder) {
  if (builder.kind === "host") return pipOptions;
  return await Promise.all(
    pipOptions.map(async (option, index) => {
      if (pipOptions[index - 1] !== "--find-links" || !(0, import_node_path17.isAbsolute)(option)) return option;
      await builder.put(option, `${folder}/links-${index}`);
      return `${builder.workspace}/${folder}/links-${index}`;
    })
  );
}
function saysNoWheel(stderr, { name, version }) {
  const found = /No matching distribution found for ([\w.-]+)(?:==(\S+))?/.exec(stderr);
  if (!found || normalise(found[1] ?? "") !== name) return false;
  return version === void 0 || found[2] === void 0 || found[2] === version;
}
function isToBeBuilt(name, pipOptions) {
  return pipOptions.some((option, index) => {
    const value = option.startsWith("--no-binary=") ? option.slice("--no-binary=".length) : pipOptions[index - 1] === "--no-binary" ? option : "";
    return value.split(",").some((entry) => entry === ":all:" || entry !== "" && normalise(entry) === name);
  });
}
var import_promises26, import_node_path17, downloads;
var init_download = __esm({
  "src/wheels/download.ts"() {
    "use strict";
    import_promises26 = require("node:fs/promises");
    import_node_path17 = require("node:path");
    init_tags();
    init_failure();
    init_files();
    init_pip();
    init_requirement_lines();
    downloads = 0;
  }
});

// node_modules/smol-toml/dist/error.js
function getLineColFromPtr(string2, ptr) {
  let lines2 = string2.slice(0, ptr).split(/\r?\n/);
  return [lines2.length, lines2.pop().length + 1];
}
function makeCodeBlock(string2, line, column) {
  let lines2 = string2.split(/\r?\n/);
  let codeblock = "";
  let numberLen = (Math.log10(line + 1) | 0) + 1;
  for (let i = line - 1; i <= line + 1; i++) {
    let l = lines2[i - 1];
    if (!l)
      continue;
    codeblock += i.toString().padEnd(numberLen, " ");
    codeblock += ":  ";
    codeblock += l;
    codeblock += "\n";
    if (i === line) {
      codeblock += " ".repeat(numberLen + column + 2);
      codeblock += "^\n";
    }
  }
  return codeblock;
}
var TomlError;
var init_error = __esm({
  "node_modules/smol-toml/dist/error.js"() {
    TomlError = class _TomlError extends Error {
      line;
      column;
      codeblock;
      constructor(message, options) {
        const [line, column] = getLineColFromPtr(options.toml, options.ptr);
        const codeblock = makeCodeBlock(options.toml, line, column);
        super(`Invalid TOML document: ${message}

${codeblock}`, options);
        this.line = line;
        this.column = column;
        this.codeblock = codeblock;
      }
      /** @internal */
      static x(message, ctx, ptr) {
        throw new _TomlError(message, { toml: ctx.s, ptr: ptr ?? ctx.p });
      }
    };
  }
});

// node_modules/smol-toml/dist/primitive.js
function parseString(ctx) {
  let startPtr = ctx.p;
  let c = ctx.s.charCodeAt(ctx.p++);
  let first = c;
  let isLiteral = c === 39;
  let isMultiline = c === ctx.s.charCodeAt(ctx.p) && c === ctx.s.charCodeAt(ctx.p + 1);
  if (isMultiline) {
    if ((c = ctx.s.charCodeAt(ctx.p += 2)) === 10)
      ctx.p++;
    else if (c === 13 && ctx.s.charCodeAt(ctx.p + 1) === 10)
      ctx.p += 2;
  }
  let parsed = "";
  let sliceStart = ctx.p;
  let state = 0;
  for (; ctx.p < ctx.s.length; ctx.p++) {
    c = ctx.s.charCodeAt(ctx.p);
    if (isMultiline && (c === 10 || c === 13 && ctx.s.charCodeAt(ctx.p + 1) === 10)) {
      state = state && 3;
    } else if (c < 32 && c !== 9 || c === 127) {
      TomlError.x("control characters are not allowed in strings", ctx);
    } else if ((!state || state === 3) && c === first && (!isMultiline || ctx.s.charCodeAt(ctx.p + 1) === first && ctx.s.charCodeAt(ctx.p + 2) === first)) {
      if (isMultiline) {
        if (ctx.s.charCodeAt(ctx.p + 3) === first)
          ctx.p++;
        if (ctx.s.charCodeAt(ctx.p + 3) === first)
          ctx.p++;
      }
      if (!state) {
        let s = ctx.s.slice(sliceStart, ctx.p);
        parsed = parsed ? parsed + s : s;
      }
      ctx.p += isMultiline ? 3 : 1;
      return parsed;
    } else if (!state) {
      if (!isLiteral && c === 92) {
        parsed += ctx.s.slice(sliceStart, sliceStart = ctx.p);
        state = 1;
      }
    } else if (state === 1) {
      if (c === 120 || c === 117 || c === 85) {
        let errPtr = ctx.p++ - 1;
        let value = 0;
        let len = c === 120 ? 2 : c === 117 ? 4 : 8;
        for (let j = 0; j < len; j++, ctx.p++) {
          let hex = ctx.s.charCodeAt(ctx.p);
          let digit = (
            /* 0-9 */
            hex >= 48 && hex <= 57 ? hex - 48 : (
              /* A-F */
              hex >= 65 && hex <= 70 ? hex - 65 + 10 : (
                /* a-f */
                hex >= 97 && hex <= 102 ? hex - 97 + 10 : -1
              )
            )
          );
          if (digit < 0)
            TomlError.x("invalid non-hex character in unicode escape", ctx);
          value = value << 4 | digit;
        }
        if (value < 0 || value > 1114111 || value >= 55296 && value <= 57343) {
          TomlError.x("invalid unicode escape", ctx, errPtr);
        }
        parsed += String.fromCodePoint(value);
        sliceStart = ctx.p--;
        state = 0;
      } else if (isMultiline && (c === 32 || c === 9)) {
        state = 2;
      } else {
        if (c === 98)
          parsed += "\b";
        else if (c === 116)
          parsed += "	";
        else if (c === 110)
          parsed += "\n";
        else if (c === 102)
          parsed += "\f";
        else if (c === 114)
          parsed += "\r";
        else if (c === 101)
          parsed += "\x1B";
        else if (c === 34)
          parsed += '"';
        else if (c === 92)
          parsed += "\\";
        else
          TomlError.x("unrecognised escape sequence", ctx);
        sliceStart = ctx.p + 1;
        state = 0;
      }
    } else if (c !== 32 && c !== 9) {
      if (state === 2)
        TomlError.x("invalid escape: only line-ending whitespace may be escaped", ctx, sliceStart);
      state = !isLiteral && c === 92 ? 1 : 0;
      sliceStart = ctx.p;
    }
  }
  TomlError.x("unfinished string", ctx, startPtr);
}
var init_primitive = __esm({
  "node_modules/smol-toml/dist/primitive.js"() {
    init_error();
  }
});

// node_modules/smol-toml/dist/date.js
var DATE_TIME_RE, TomlDate;
var init_date = __esm({
  "node_modules/smol-toml/dist/date.js"() {
    DATE_TIME_RE = /^(\d{4}-\d{2}-\d{2})?[Tt ]?(?:(\d{2}):\d{2}(?::\d{2}(?:\.\d+)?)?)?(Z|z|[-+]\d{2}:\d{2})?$/i;
    TomlDate = class _TomlDate extends Date {
      #hasDate = false;
      #hasTime = false;
      #offset = null;
      constructor(date, fasttype, unsafeDelim) {
        let hasDate = true;
        let hasTime = true;
        let offset = "Z";
        let c;
        if (typeof date === "string") {
          if (fasttype)
            prep: {
              if (fasttype < 3) {
                if (+date.slice(11, 13) > 23) {
                  date = "";
                  break prep;
                }
                if (fasttype === 2) {
                  offset = null;
                  date += "Z";
                } else if ((c = date.charCodeAt(date.length - 1)) !== 90 && c !== 122) {
                  offset = date.slice(date.length - 6);
                }
                if (unsafeDelim)
                  date = date.slice(0, 10) + "T" + date.slice(11);
              } else if (fasttype === 4) {
                date = +date.slice(0, 2) > 23 ? "" : `0000-01-01T${date}Z`;
              }
              hasDate = fasttype !== 4;
              hasTime = fasttype !== 3;
            }
          else {
            let match = date.match(DATE_TIME_RE);
            if (match) {
              if (!match[1]) {
                hasDate = false;
                date = `0000-01-01T${date}`;
              }
              hasTime = !!match[2];
              hasTime && date[10] === " " && (date = date.replace(" ", "T"));
              if (match[2] && +match[2] > 23) {
                date = "";
              } else {
                offset = match[3] || null;
                if (!offset && hasTime)
                  date += "Z";
              }
            } else {
              date = "";
            }
          }
        }
        super(date);
        if (!isNaN(this.getTime())) {
          this.#hasDate = hasDate;
          this.#hasTime = hasTime;
          this.#offset = offset;
        }
      }
      isDateTime() {
        return this.#hasDate && this.#hasTime;
      }
      isLocal() {
        return !this.#hasDate || !this.#hasTime || !this.#offset;
      }
      isDate() {
        return this.#hasDate && !this.#hasTime;
      }
      isTime() {
        return this.#hasTime && !this.#hasDate;
      }
      isValid() {
        return this.#hasDate || this.#hasTime;
      }
      toISOString() {
        let iso = super.toISOString();
        if (this.isDate())
          return iso.slice(0, 10);
        if (this.isTime())
          return iso.slice(11, 23);
        if (this.#offset === null)
          return iso.slice(0, -1);
        if (this.#offset === "Z" || this.#offset === "z")
          return iso;
        let offset = +this.#offset.slice(1, 3) * 60 + +this.#offset.slice(4, 6);
        offset = this.#offset[0] === "-" ? offset : -offset;
        let offsetDate = new Date(this.getTime() - offset * 6e4);
        return offsetDate.toISOString().slice(0, -1) + this.#offset;
      }
      static wrapAsOffsetDateTime(jsDate, offset = "Z") {
        let date = new _TomlDate(jsDate);
        date.#offset = offset;
        return date;
      }
      static wrapAsLocalDateTime(jsDate) {
        let date = new _TomlDate(jsDate);
        date.#offset = null;
        return date;
      }
      static wrapAsLocalDate(jsDate) {
        let date = new _TomlDate(jsDate);
        date.#hasTime = false;
        date.#offset = null;
        return date;
      }
      static wrapAsLocalTime(jsDate) {
        let date = new _TomlDate(jsDate);
        date.#hasDate = false;
        date.#offset = null;
        return date;
      }
    };
  }
});

// node_modules/smol-toml/dist/extract.js
function isDigit(char, base = 10) {
  return base === 16 ? char > 47 && char < 58 || char > 64 && char < 71 || char > 96 && char < 103 : char > 47 && char < 48 + base;
}
function isEndOfValue(char, delim) {
  return char === 32 || char === 9 || char === 10 || char === 13 || // Structure end or next value delimiter
  delim && (char === delim || char === 44) || // Comment
  char === 35;
}
function extractValue(ctx, end) {
  let errPtr = ctx.p;
  let c = ctx.s.charCodeAt(ctx.p);
  if (c === 91 || c === 123) {
    ctx.d-- || TomlError.x("document contains excessively nested structures. aborting.", ctx);
    let value = c === 91 ? parseArray(ctx) : parseInlineTable(ctx);
    ctx.d++;
    return value;
  }
  if (c === 34 || c === 39) {
    return parseString(ctx);
  }
  if (c === 116) {
    if (ctx.s.charCodeAt(++ctx.p) !== 114 || ctx.s.charCodeAt(++ctx.p) !== 117 || ctx.s.charCodeAt(++ctx.p) !== 101)
      TomlError.x("invalid value", ctx, errPtr);
    return ctx.p++, true;
  }
  if (c === 102) {
    if (ctx.s.charCodeAt(++ctx.p) !== 97 || ctx.s.charCodeAt(++ctx.p) !== 108 || ctx.s.charCodeAt(++ctx.p) !== 115 || ctx.s.charCodeAt(++ctx.p) !== 101)
      TomlError.x("invalid value", ctx, errPtr);
    return ctx.p++, false;
  }
  if (c === 43 || c === 45) {
    return parseNumber(ctx, ctx.p, ctx.s.charCodeAt(++ctx.p), 44 - c, end);
  }
  if (ctx.s.charCodeAt(ctx.p + 4) === 45 && ctx.s.charCodeAt(ctx.p + 7) === 45) {
    return parseDate(ctx, c, end);
  }
  if (ctx.s.charCodeAt(ctx.p + 2) === 58) {
    return parseTime(ctx, c, end);
  }
  return parseNumber(ctx, ctx.p, c, 0, end);
}
function parseNumber(ctx, startPtr, startChr, sign, endChr) {
  let c = startChr;
  let state = 0;
  let hasUnderscores = false;
  if (c === 105) {
    if (ctx.s.charCodeAt(++ctx.p) !== 110 || ctx.s.charCodeAt(++ctx.p) !== 102)
      TomlError.x("invalid value", ctx, startPtr);
    return ctx.p++, (sign || 1) / 0;
  }
  if (c === 110) {
    if (ctx.s.charCodeAt(++ctx.p) !== 97 || ctx.s.charCodeAt(++ctx.p) !== 110)
      TomlError.x("invalid value", ctx, startPtr);
    return ctx.p++, NaN;
  }
  if (c === 48) {
    if (++ctx.p >= ctx.s.length || isEndOfValue(c = ctx.s.charCodeAt(ctx.p), endChr))
      return ctx.bi === true ? 0n : 0;
    if (!sign) {
      if (c === 120)
        return parseIntegerBaseN(ctx, startPtr, 16, endChr);
      else if (c === 98)
        return parseIntegerBaseN(ctx, startPtr, 2, endChr);
      else if (c === 111)
        return parseIntegerBaseN(ctx, startPtr, 8, endChr);
    }
    if (c === 46)
      state = 2;
    else if (c === 101 || c === 69)
      state = 4;
    else
      TomlError.x("illegal leading zero", ctx, startPtr);
  } else if (!isDigit(c))
    TomlError.x("invalid value", ctx, startPtr);
  while (++ctx.p < ctx.s.length && (c = ctx.s.charCodeAt(ctx.p), !isEndOfValue(c, endChr))) {
    if (!state)
      state = 1;
    if (c === 95) {
      if (!(state & 1))
        TomlError.x("illegal underscore", ctx);
      state += 11;
      hasUnderscores = true;
    } else if (state === 1 && c === 46)
      state = 2;
    else if ((state === 1 || state === 3) && (c === 101 || c === 69))
      state = 4;
    else if (state === 4 && (c === 43 || c === 45)) {
      state = 6;
    } else if (!isDigit(c))
      TomlError.x(`illegal character in numeric literal`, ctx);
    else if (state > 9)
      state -= 11;
    else if (!(state & 1))
      state++;
  }
  if (!state) {
    let val = (startChr - 48) * (sign || 1);
    return ctx.bi === true ? BigInt(val) : val;
  }
  if (!(state & 1))
    TomlError.x("unfinished numeric value", ctx, startPtr);
  let str = ctx.s.slice(startPtr, ctx.p);
  if (hasUnderscores)
    str = str.replaceAll("_", "");
  return state > 1 ? parseFloat(str) : parseInteger(ctx, str, 10, startPtr);
}
function parseIntegerBaseN(ctx, startPtr, base, endChr) {
  let c, underscore = 1;
  while (++ctx.p < ctx.s.length && (c = ctx.s.charCodeAt(ctx.p), !isEndOfValue(c, endChr))) {
    if (c === 95) {
      if (underscore & 1)
        TomlError.x("illegal underscore", ctx);
      underscore = 3;
    } else if (!isDigit(c, base))
      TomlError.x(`illegal character in numeric literal`, ctx);
    else if (underscore & 1)
      underscore--;
  }
  if (underscore & 1)
    TomlError.x("unfinished numeric value", ctx);
  let str = ctx.s.slice(startPtr + 2, ctx.p);
  if (underscore)
    str = str.replaceAll("_", "");
  return parseInteger(ctx, str, base, startPtr);
}
function parseInteger(ctx, str, base, startPtr) {
  if (ctx.bi !== true)
    int: {
      let val = parseInt(str, base);
      if (!Number.isSafeInteger(val)) {
        if (ctx.bi)
          break int;
        TomlError.x("integer value cannot be represented losslessly", ctx, startPtr);
      }
      return val;
    }
  return base === 10 ? BigInt(str) : BigInt((base === 2 ? "0b" : base === 8 ? "0o" : "0x") + str);
}
function parseDate(ctx, c, endChr) {
  let startPtr = ctx.p++, unsafeSeparator;
  if (!isDigit(c) || !isDigit(ctx.s.charCodeAt(ctx.p++)) || !isDigit(ctx.s.charCodeAt(ctx.p++)) || !isDigit(ctx.s.charCodeAt(ctx.p++))) {
    return parseNumber(ctx, ctx.p = startPtr, c, 0, endChr);
  }
  ctx.p += 5;
  if (!isDigit(ctx.s.charCodeAt(ctx.p++)))
    TomlError.x("invalid date-time: date part is malformed", ctx, startPtr);
  if (ctx.p >= ctx.s.length || ((c = ctx.s.charCodeAt(ctx.p)) !== 32 || (unsafeSeparator = true, !isDigit(ctx.s.charCodeAt(ctx.p + 1)))) && c !== 84 && c !== 116) {
    let t2 = ctx.s.slice(startPtr, ctx.p);
    return readDate(ctx, t2, 3, false, startPtr);
  }
  if (ctx.s.charCodeAt(ctx.p += 3) !== 58)
    TomlError.x("invalid date-time: time part is malformed", ctx, startPtr);
  if (ctx.s.charCodeAt(ctx.p += 3) === 58)
    ctx.p += 3;
  if (ctx.s.charCodeAt(ctx.p) === 46)
    while (isDigit(ctx.s.charCodeAt(++ctx.p)))
      ;
  if (c = ctx.s.charCodeAt(ctx.p)) {
    if (c === 90 || c === 122) {
      let t2 = ctx.s.slice(startPtr, ++ctx.p);
      return readDate(ctx, t2, 1, unsafeSeparator, startPtr, "[+00:00]");
    }
    if (c === 43 || c === 45) {
      let t2 = ctx.s.slice(startPtr, ctx.p += 6);
      return readDate(ctx, t2, 1, unsafeSeparator, startPtr, !ctx.ld && "[" + ctx.s.slice(ctx.p - 6, ctx.p) + "]");
    }
  }
  let t = ctx.s.slice(startPtr, ctx.p);
  return readDate(ctx, t, 2, unsafeSeparator, startPtr);
}
function parseTime(ctx, c, endChr) {
  let start = ctx.p;
  if (!isDigit(c) || !isDigit(ctx.s.charCodeAt(++ctx.p))) {
    return parseNumber(ctx, --ctx.p, c, 0, endChr);
  }
  if (ctx.s.charCodeAt(ctx.p += 4) === 58)
    ctx.p += 3;
  if (ctx.s.charCodeAt(ctx.p) === 46)
    while (isDigit(ctx.s.charCodeAt(++ctx.p)))
      ;
  let t = ctx.s.slice(start, ctx.p);
  return readDate(ctx, t, 4, false, start);
}
function readDate(ctx, str, type, unsafeDelim, errPtr, temporalSuffix) {
  if (ctx.ld) {
    let date = new TomlDate(str, type, unsafeDelim);
    if (!date.isValid())
      TomlError.x("invalid date", ctx, errPtr);
    return date;
  }
  try {
    if (temporalSuffix)
      str += temporalSuffix;
    switch (type) {
      case 1:
        return Temporal.ZonedDateTime.from(str);
      case 2:
        return Temporal.PlainDateTime.from(str);
      case 3:
        return Temporal.PlainDate.from(str);
      case 4:
        return Temporal.PlainTime.from(str);
    }
  } catch (e) {
    TomlError.x(e instanceof Error ? e.message : "" + e, ctx, errPtr);
  }
}
var init_extract = __esm({
  "node_modules/smol-toml/dist/extract.js"() {
    init_primitive();
    init_struct();
    init_error();
    init_date();
  }
});

// node_modules/smol-toml/dist/util.js
function skipComment(ctx) {
  for (; ctx.p < ctx.s.length; ctx.p++) {
    let c = ctx.s.charCodeAt(ctx.p);
    if (c === 10)
      break;
    if (c === 13 && ctx.s.charCodeAt(ctx.p + 1) === 10) {
      ctx.p++;
      break;
    }
    if (c < 32 && c !== 9 || c === 127) {
      TomlError.x("control characters are not allowed in comments", ctx);
    }
  }
}
function skipVoid(ctx, banNewLines, banComments) {
  let c;
  while (ctx.p < ctx.s.length) {
    while (ctx.p < ctx.s.length && ((c = ctx.s.charCodeAt(ctx.p)) === 32 || c === 9 || !banNewLines && (c === 10 || c === 13 && ctx.s.charCodeAt(ctx.p + 1) === 10)))
      ctx.p++;
    if (banComments || c !== 35)
      break;
    skipComment(ctx);
  }
}
var init_util = __esm({
  "node_modules/smol-toml/dist/util.js"() {
    init_error();
  }
});

// node_modules/smol-toml/dist/struct.js
function parseKey(ctx, end = 61) {
  let startPtr;
  let state = 0;
  let parsed = [];
  let sliceStart;
  let c = ctx.s.charCodeAt(startPtr = ctx.p);
  do {
    if (c === end) {
      if (!state)
        TomlError.x("unexpected end of key", ctx);
      if (state === 1)
        parsed.push(ctx.s.slice(sliceStart, ctx.p));
      return ctx.p++, parsed;
    } else if (c === 46) {
      if (!state)
        TomlError.x("illegal empty bare key", ctx);
      if (state === 1)
        parsed.push(ctx.s.slice(sliceStart, ctx.p));
      state = 0;
    } else if (!state && (c === 34 || c === 39)) {
      if (c === ctx.s.charCodeAt(ctx.p + 1) && c === ctx.s.charCodeAt(ctx.p + 2))
        TomlError.x("illegal quoted key: multiline strings are not allowed", ctx);
      parsed.push(parseString(ctx));
      state = 2;
      ctx.p--;
    } else if (c === 32 || c === 9) {
      if (state === 1) {
        parsed.push(ctx.s.slice(sliceStart, ctx.p));
        state = 2;
      }
    } else if (state === 2 || c < 48 && c !== 45 || c > 57 && c < 65 || c > 90 && c < 97 && c !== 95 || c > 122) {
      TomlError.x("illegal character in key", ctx);
    } else if (!state) {
      state = 1;
      sliceStart = ctx.p;
    }
  } while (c = ctx.s.charCodeAt(++ctx.p));
  TomlError.x("incomplete key-value: cannot find end of key", ctx, startPtr);
}
function parseInlineTable(ctx) {
  let startPtr = ctx.p++;
  let res = /* @__PURE__ */ Object.create(null);
  let seen = /* @__PURE__ */ new Set();
  let c;
  while (ctx.p < ctx.s.length) {
    skipVoid(ctx);
    if ((c = ctx.s.charCodeAt(ctx.p)) === 125) {
      ctx.p++;
      return res;
    }
    let k;
    let t = res;
    let hasOwn = false;
    let errPtr = ctx.p;
    let key = parseKey(ctx);
    for (let i = 0; i < key.length; i++) {
      if (i)
        t = hasOwn ? t[k] : t[k] = /* @__PURE__ */ Object.create(null);
      k = key[i];
      if ((hasOwn = Object.hasOwn(t, k)) && (typeof t[k] !== "object" || seen.has(t[k]))) {
        TomlError.x("trying to redefine an already defined value", ctx, errPtr);
      }
      let unsafe = k === "__proto__";
      if (ctx.uk && (unsafe || k === "constructor")) {
        t = ctx.uk !== 1 && TomlError.x("document contains an unsafe property", ctx, errPtr);
        break;
      }
      if (!hasOwn && unsafe) {
        Object.defineProperty(t, k, { enumerable: true, configurable: true, writable: true });
      }
    }
    if (hasOwn) {
      TomlError.x("trying to redefine an already defined value", ctx, errPtr);
    }
    skipVoid(ctx, true, true);
    let value = extractValue(
      ctx,
      125
      /* } */
    );
    if (t && typeof (t[k] = value) === "object")
      seen.add(value);
    skipVoid(ctx);
    if ((c = ctx.s.charCodeAt(ctx.p++)) === 125) {
      return res;
    }
    if (c !== 44)
      TomlError.x("expected comma or end of structure", ctx, ctx.p - 1);
  }
  TomlError.x("unfinished table", ctx, startPtr);
}
function parseArray(ctx) {
  let startPtr = ctx.p++;
  let res = [];
  let c;
  while (ctx.p < ctx.s.length) {
    skipVoid(ctx);
    if ((c = ctx.s.charCodeAt(ctx.p)) === 93) {
      ctx.p++;
      return res;
    }
    res.push(extractValue(
      ctx,
      93
      /* ] */
    ));
    skipVoid(ctx);
    if ((c = ctx.s.charCodeAt(ctx.p++)) === 93) {
      return res;
    }
    if (c !== 44)
      TomlError.x("expected comma or end of structure", ctx, ctx.p - 1);
  }
  TomlError.x("unfinished array", ctx, startPtr);
}
var init_struct = __esm({
  "node_modules/smol-toml/dist/struct.js"() {
    init_primitive();
    init_extract();
    init_util();
    init_error();
  }
});

// node_modules/smol-toml/dist/parse.js
function peekTable(ctx, key, table2, meta, type) {
  let t = table2;
  let m = meta;
  let k;
  let hasOwn = false;
  let state;
  for (let i = 0; i < key.length; i++) {
    if (i) {
      t = hasOwn ? t[k] : t[k] = /* @__PURE__ */ Object.create(null);
      m = (state = m[k]).c;
      if (type === 0 && (state.t === 1 || state.t === 2)) {
        return null;
      }
      if (state.t === 2) {
        let l = t.length - 1;
        t = t[l];
        m = m[l].c;
      }
    }
    k = key[i];
    if ((hasOwn = Object.hasOwn(t, k)) && m[k]?.t === 0 && m[k]?.d) {
      return null;
    }
    if (!hasOwn) {
      let unsafe = k === "__proto__";
      if (ctx.uk && (unsafe || k === "constructor"))
        return false;
      if (unsafe) {
        Object.defineProperty(t, k, { enumerable: true, configurable: true, writable: true });
        Object.defineProperty(m, k, { enumerable: true, configurable: true, writable: true });
      }
      m[k] = {
        t: i < key.length - 1 && type === 2 ? 3 : type,
        d: false,
        i: 0,
        c: /* @__PURE__ */ Object.create(null)
      };
    }
  }
  state = m[k];
  if (state.t !== type && !(type === 1 && state.t === 3)) {
    return null;
  }
  if (type === 2) {
    if (!state.d) {
      state.d = true;
      t[k] = [];
    }
    t[k].push(t = /* @__PURE__ */ Object.create(null));
    state.c[state.i++] = state = { t: 1, d: false, i: 0, c: /* @__PURE__ */ Object.create(null) };
  }
  if (state.d) {
    return null;
  }
  state.d = true;
  if (type === 1) {
    t = hasOwn ? t[k] : t[k] = /* @__PURE__ */ Object.create(null);
  } else if (type === 0 && hasOwn) {
    return null;
  }
  return [k, t, state.c];
}
function validateTablePeek(ctx, peek, ptr) {
  if (peek === null || ctx.uk === 2)
    TomlError.x(peek === null ? "trying to redefine an already defined table or value" : "document contains an unsafe property", ctx, ptr);
}
function parse(toml, options = {}) {
  let ctx = {
    s: toml,
    p: 0,
    d: options.maxDepth ?? 1e3,
    bi: options.integersAsBigInt ?? false,
    ld: options.useLegacyDate ?? true,
    uk: options.unsafeKeyBehaviour === "throw" ? 2 : options.unsafeKeyBehaviour === "drop" ? 1 : 0
  };
  let res = /* @__PURE__ */ Object.create(null);
  let meta = /* @__PURE__ */ Object.create(null);
  let tmp;
  let skipping = false;
  let tbl = res;
  let m = meta;
  if (toml.charCodeAt(0) === 65279)
    ctx.p++;
  skipVoid(ctx);
  while (ctx.p < toml.length) {
    if (toml.charCodeAt(ctx.p) === 91) {
      let isTableArray = toml.charCodeAt(++ctx.p) === 91;
      tmp = ctx.p += +isTableArray;
      skipping = false;
      let k = parseKey(
        ctx,
        93
        /* ] */
      );
      if (isTableArray) {
        if (toml.charCodeAt(ctx.p) !== 93) {
          TomlError.x("expected end of table array declaration", ctx);
        }
        ctx.p++;
      }
      let p = peekTable(
        ctx,
        k,
        res,
        meta,
        isTableArray ? 2 : 1
        /* Type.EXPLICIT */
      );
      if (!p) {
        validateTablePeek(ctx, p, tmp);
        skipping = true;
      } else {
        m = p[2];
        tbl = p[1];
      }
    } else {
      tmp = ctx.p;
      let k = parseKey(ctx);
      let p = peekTable(
        ctx,
        k,
        tbl,
        m,
        0
        /* Type.DOTTED */
      );
      if (!p && !skipping)
        validateTablePeek(ctx, p, tmp);
      skipVoid(ctx, true, true);
      let v = extractValue(ctx, void 0);
      if (p && !skipping)
        p[1][p[0]] = v;
    }
    skipVoid(ctx, true);
    if (ctx.p < toml.length && (tmp = toml.charCodeAt(ctx.p)) !== 10 && (tmp !== 13 || toml.charCodeAt(ctx.p + 1) !== 10)) {
      TomlError.x("each key-value declaration must be followed by an end-of-line", ctx);
    }
    skipVoid(ctx);
  }
  return res;
}
var init_parse = __esm({
  "node_modules/smol-toml/dist/parse.js"() {
    init_struct();
    init_extract();
    init_util();
    init_error();
  }
});

// node_modules/smol-toml/dist/stringify.js
var HAS_WELLFORMED;
var init_stringify = __esm({
  "node_modules/smol-toml/dist/stringify.js"() {
    HAS_WELLFORMED = !!"".isWellFormed;
  }
});

// node_modules/smol-toml/dist/index.js
var init_dist = __esm({
  "node_modules/smol-toml/dist/index.js"() {
    init_parse();
    init_stringify();
    init_date();
    init_error();
  }
});

// src/wheels/locate.ts
async function locateWheels(pins, { builder, pipOptions, temporary }) {
  const uv = await builder.uvIfThere();
  const wanted = pins.filter(({ source: source2, version }) => source2.kind === "index" && !source2.index && version !== void 0);
  if (uv === void 0 || wanted.length === 0) return /* @__PURE__ */ new Map();
  const folder = `locate-${++searches}`;
  const local = (0, import_node_path18.join)(temporary, folder);
  await (0, import_promises27.mkdir)(local);
  const lines2 = [...indexLines(pipOptions), ...wanted.map(requirementLine)];
  await (0, import_promises27.writeFile)((0, import_node_path18.join)(local, "requirements.txt"), `${lines2.join("\n")}
`);
  await builder.put(local, folder);
  const options = [
    ...[
      "--quiet",
      "--no-deps",
      "--generate-hashes",
      "--only-binary",
      ":all:",
      "--format",
      "pylock.toml",
      "--no-header"
    ],
    ...["--python-platform", widerPlatform(builder), "--python-version", builder.pythonVersion],
    // As pip looks: in all indexes for the best one, and not in the first that has the name.
    ...["--python", builder.python, "--index-strategy", "unsafe-best-match"]
  ];
  const { exitCode, stdout } = await builder.run([uv, "pip", "compile", `${folder}/requirements.txt`, ...options]);
  if (exitCode !== 0) return /* @__PURE__ */ new Map();
  const published = publishedWheels(stdout);
  return new Map(
    wanted.flatMap((pin2) => {
      const best = bestWheel(published.get(`${pin2.name}==${pin2.version ?? ""}`) ?? [], builder);
      if (!best) return [];
      const hash = `sha256:${best.sha256}`;
      const located2 = { filename: filenameOf(best.url), url: best.url, bytes: best.bytes };
      if (pin2.hashes.length > 0 && !pin2.hashes.includes(hash)) return [];
      return [[pin2, { ...located2, hashes: [hash] }]];
    })
  );
}
function widerPlatform({ target }) {
  return target.uvPlatform.replace("manylinux_2_17", "manylinux_2_28");
}
function publishedWheels(pylock) {
  return new Map(
    packagesOf(pylock).map(({ name, version, wheels }) => [
      `${normalise(name)}==${version ?? ""}`,
      (wheels ?? []).flatMap(
        ({ url, size, hashes }) => url?.startsWith("https://") && hashes?.sha256 ? [{ url, bytes: size ?? 0, sha256: hashes.sha256 }] : []
      )
    ])
  );
}
function packagesOf(pylock) {
  try {
    return parse(pylock).packages ?? [];
  } catch {
    return [];
  }
}
function bestWheel(wheels, { target }) {
  const ranked = wheels.flatMap((wheel) => {
    const rank = rankWheel(filenameOf(wheel.url), target);
    return rank === void 0 ? [] : [{ wheel, rank }];
  });
  const [best, second] = ranked.toSorted((a, b) => a.rank - b.rank);
  return best && best.rank !== second?.rank ? best.wheel : void 0;
}
function filenameOf(url) {
  return decodeURIComponent(new URL(url).pathname.split("/").at(-1) ?? "");
}
var import_promises27, import_node_path18, searches;
var init_locate = __esm({
  "src/wheels/locate.ts"() {
    "use strict";
    import_promises27 = require("node:fs/promises");
    import_node_path18 = require("node:path");
    init_dist();
    init_tags();
    init_files();
    init_requirement_lines();
    searches = 0;
  }
});

// src/wheels/strip.ts
async function stripWheels(wheels, { toolchain, temporary, toolsFolder }) {
  const compiled = wheels.filter(({ filename }) => !filename.endsWith("-any.whl"));
  if (compiled.length === 0) return /* @__PURE__ */ new Map();
  const builder = await toolchain.open(["compilers"]);
  const folder = `strip-${++rounds}`;
  const local = (0, import_node_path19.join)(temporary, folder);
  await (0, import_promises28.mkdir)(local);
  for (const { filename, path: path4 } of compiled) await (0, import_promises28.copyFile)(path4, (0, import_node_path19.join)(local, filename));
  await (0, import_promises28.copyFile)((0, import_node_path19.join)(toolsFolder, SCRIPT2), (0, import_node_path19.join)(local, SCRIPT2));
  await builder.put(local, folder);
  const paths = compiled.map(({ filename }) => `${folder}/${filename}`);
  const command = [builder.python, "-I", "-B", `${folder}/${SCRIPT2}`, `${folder}/stripped`, ...paths];
  const { exitCode, stderr } = await builder.run(command);
  if (exitCode !== 0) {
    throw new UserError({
      title: "The symbols of shared objects could not be stripped",
      detail: stderr.trim(),
      hint: "Leave strip out, or name an image with binutils as base-image."
    });
  }
  const taken2 = await builder.take(`${folder}/stripped`, (0, import_node_path19.join)(temporary, `${folder}-taken`));
  return new Map(compiled.map(({ filename }) => [filename, (0, import_node_path19.join)(taken2, filename)]));
}
async function stripperDigest(toolsFolder) {
  return (await sha256Of((0, import_node_path19.join)(toolsFolder, SCRIPT2))).toString("hex");
}
var import_promises28, import_node_path19, rounds, SCRIPT2;
var init_strip = __esm({
  "src/wheels/strip.ts"() {
    "use strict";
    import_promises28 = require("node:fs/promises");
    import_node_path19 = require("node:path");
    init_errors();
    init_hash();
    rounds = 0;
    SCRIPT2 = "strip_wheel.py";
  }
});

// src/wheels/elf.ts
function readElf(bytes) {
  const start = bytes.subarray(0, MAGIC2.length);
  if (!MAGIC2.every((byte, index) => start[index] === byte)) return void 0;
  const reader = new ElfReader(bytes);
  const segments = readSegments(reader);
  const dynamic = readDynamic(reader, segments);
  const tables = new DynamicTables(reader, segments, dynamic);
  const paths = [...tables.strings(TAG.rpath), ...tables.strings(TAG.runpath)];
  return {
    bits: reader.bits,
    isLittleEndian: reader.isLittleEndian,
    machine: reader.half(18),
    soname: tables.strings(TAG.soname)[0],
    needed: tables.strings(TAG.needed),
    searchPaths: paths.flatMap((path4) => path4.split(":")).filter((path4) => path4 !== ""),
    needs: tables.needs(),
    defines: tables.defines()
  };
}
function readSegments(reader) {
  const is64 = reader.bits === 64;
  const start = reader.address(is64 ? 32 : 28);
  const entryBytes = reader.half(is64 ? 54 : 42);
  const count = reader.half(is64 ? 56 : 44);
  if (count > MOST_RECORDS) throw new BrokenElf(`it has ${count} program headers`);
  if (count > 0 && entryBytes < (is64 ? 56 : 32)) throw new BrokenElf(`its program headers have ${entryBytes} bytes`);
  return Array.from({ length: count }, (_, index) => {
    const at = start + index * entryBytes;
    const [offset, address, bytes] = is64 ? [8, 16, 32] : [4, 8, 16];
    return {
      type: reader.word(at),
      offset: reader.address(at + offset),
      address: reader.address(at + address),
      bytes: reader.address(at + bytes)
    };
  });
}
function readDynamic(reader, segments) {
  const segment = segments.find(({ type }) => type === DYNAMIC);
  if (segment === void 0) return [];
  const width = reader.bits / 8;
  const entries = [];
  for (let at = segment.offset; at + 2 * width <= segment.offset + segment.bytes; at += 2 * width) {
    const tag = reader.address(at);
    if (tag === TAG.end) break;
    entries.push({ tag, value: reader.address(at + width) });
    if (entries.length > MOST_RECORDS) throw new BrokenElf("its dynamic section has no end");
  }
  return entries;
}
var BrokenElf, MAGIC2, LOAD, DYNAMIC, TAG, WEAK, BASE, MOST_RECORDS, LONGEST_STRING, ElfReader, DynamicTables;
var init_elf = __esm({
  "src/wheels/elf.ts"() {
    "use strict";
    BrokenElf = class extends Error {
      name = "BrokenElf";
    };
    MAGIC2 = [127, 69, 76, 70];
    LOAD = 1;
    DYNAMIC = 2;
    TAG = {
      end: 0,
      needed: 1,
      stringTable: 5,
      stringBytes: 10,
      soname: 14,
      rpath: 15,
      runpath: 29,
      defined: 1879048188,
      definedCount: 1879048189,
      needs: 1879048190,
      needsCount: 1879048191
    };
    WEAK = 2;
    BASE = 1;
    MOST_RECORDS = 4e3;
    LONGEST_STRING = 16384;
    ElfReader = class {
      bits;
      isLittleEndian;
      #bytes;
      constructor(bytes) {
        this.#bytes = bytes;
        const kind = this.byte(4);
        const order = this.byte(5);
        if (kind !== 1 && kind !== 2) throw new BrokenElf(`its class is ${kind}`);
        if (order !== 1 && order !== 2) throw new BrokenElf(`its byte order is ${order}`);
        this.bits = kind === 1 ? 32 : 64;
        this.isLittleEndian = order === 1;
      }
      byte(offset) {
        return this.#view(offset, 1).getUint8(0);
      }
      half(offset) {
        return this.#view(offset, 2).getUint16(0, this.isLittleEndian);
      }
      word(offset) {
        return this.#view(offset, 4).getUint32(0, this.isLittleEndian);
      }
      /** An address or an offset. One above 2^53 loses digits, and is outside of every file. */
      address(offset) {
        if (this.bits === 32) return this.word(offset);
        return Number(this.#view(offset, 8).getBigUint64(0, this.isLittleEndian));
      }
      /** The text from there to the next zero, which is before `end`. */
      string(offset, end) {
        const part = this.#bytes.subarray(this.#within(offset, 1), Math.min(end, offset + LONGEST_STRING));
        const length = part.indexOf(0);
        if (length === -1) throw new BrokenElf(`a string at ${offset} does not end`);
        return new TextDecoder().decode(part.subarray(0, length));
      }
      #view(offset, bytes) {
        const part = this.#bytes.subarray(this.#within(offset, bytes), offset + bytes);
        return new DataView(part.buffer, part.byteOffset, part.byteLength);
      }
      #within(offset, bytes) {
        if (offset >= 0 && offset + bytes <= this.#bytes.length) return offset;
        throw new BrokenElf(`it ends at ${this.#bytes.length}, before what it keeps at ${offset}`);
      }
    };
    DynamicTables = class {
      #reader;
      #segments;
      #dynamic;
      #strings;
      #records = 0;
      constructor(reader, segments, dynamic) {
        this.#reader = reader;
        this.#segments = segments;
        this.#dynamic = dynamic;
      }
      /** The texts of all entries with this tag. */
      strings(tag) {
        return this.#dynamic.filter((entry) => entry.tag === tag).map(({ value }) => this.#string(value));
      }
      /** `Elfxx_Verneed` and `Elfxx_Vernaux`, which have one layout for both widths. */
      needs() {
        const reader = this.#reader;
        const versions = (first, count) => this.#chain(first, count, 12).filter((at) => (reader.half(at + 4) & WEAK) === 0).map((at) => this.#string(reader.word(at + 8)));
        return this.#table(TAG.needs, TAG.needsCount, 12).map((at) => ({
          library: this.#string(reader.word(at + 4)),
          versions: versions(at + reader.word(at + 8), reader.half(at + 2))
        }));
      }
      /** `Elfxx_Verdef`, whose first `Elfxx_Verdaux` has the name; the others name what it succeeds. */
      defines() {
        const reader = this.#reader;
        return this.#table(TAG.defined, TAG.definedCount, 16).filter((at) => (reader.half(at + 2) & BASE) === 0).map((at) => this.#string(reader.word(at + reader.word(at + 12))));
      }
      #table(tag, countTag, nextAt) {
        const address = this.#value(tag);
        if (address === void 0) return [];
        return this.#chain(this.#offset(address), this.#value(countTag) ?? 0, nextAt);
      }
      /** Offsets of records, each of which says at `nextAt` how far the next one is; 0 ends the list. */
      #chain(first, count, nextAt) {
        const offsets = [];
        for (let at = first; offsets.length < count; ) {
          if (++this.#records > MOST_RECORDS) throw new BrokenElf("its tables of versions have no end");
          offsets.push(at);
          const next = this.#reader.word(at + nextAt);
          if (next === 0) break;
          at += next;
        }
        return offsets;
      }
      #string(index) {
        this.#strings ??= this.#stringTable();
        return this.#reader.string(this.#strings.start + index, this.#strings.end);
      }
      #stringTable() {
        const address = this.#value(TAG.stringTable);
        if (address === void 0) throw new BrokenElf("it has names and no table of strings");
        const start = this.#offset(address);
        return { start, end: start + (this.#value(TAG.stringBytes) ?? LONGEST_STRING) };
      }
      #value(tag) {
        return this.#dynamic.find((entry) => entry.tag === tag)?.value;
      }
      /** Where in the file stands what will be at an address. */
      #offset(address) {
        const segment = this.#segments.find(
          ({ type, address: start, bytes }) => type === LOAD && start <= address && address < start + bytes
        );
        if (segment === void 0) throw new BrokenElf(`the address ${address} is in none of its segments`);
        return segment.offset + (address - segment.address);
      }
    };
  }
});

// src/wheels/file-bytes.ts
function bytesOfFile(descriptor, length) {
  let windowStart = 0;
  let window = Buffer.alloc(0);
  return {
    length,
    subarray: (start, end) => {
      const stop = Math.min(end, length);
      if (start < windowStart || stop > windowStart + window.length) {
        window = Buffer.alloc(Math.min(length - start, Math.max(stop - start, WINDOW_BYTES)));
        windowStart = start;
        (0, import_node_fs10.readSync)(descriptor, window, 0, window.length, start);
      }
      return window.subarray(start - windowStart, stop - windowStart);
    }
  };
}
var import_node_fs10, WINDOW_BYTES;
var init_file_bytes = __esm({
  "src/wheels/file-bytes.ts"() {
    "use strict";
    import_node_fs10 = require("node:fs");
    WINDOW_BYTES = 64 * 1024;
  }
});

// src/wheels/metadata.ts
function distributionOf(metadataText, wheelText) {
  const metadata = headers(metadataText);
  const valueOf2 = (name) => metadata.find(([key]) => key === name)?.[1] ?? "";
  return {
    name: normalise(valueOf2("Name")),
    version: valueOf2("Version"),
    tags: headers(wheelText).flatMap(([key, value]) => key === "Tag" ? [value] : [])
  };
}
function recordRows(text3) {
  return text3.split(/\r?\n/).filter(Boolean).map((line) => ({
    path: /^"((?:[^"]|"")*)"/.exec(line)?.[1]?.replaceAll('""', '"') ?? line.split(",", 1)[0] ?? "",
    line
  }));
}
function sourceOf(path4) {
  return path4.replace(/__pycache__\/([^/]+)\.cpython-\d+\.pyc$/, "$1.py");
}
function headers(text3) {
  const head = text3.split(/\r?\n\r?\n/, 1)[0] ?? "";
  return head.split(/\r?\n/).flatMap((line) => {
    const colon = line.indexOf(": ");
    return colon < 1 ? [] : [[line.slice(0, colon), line.slice(colon + 2).trim()]];
  });
}
var init_metadata = __esm({
  "src/wheels/metadata.ts"() {
    "use strict";
    init_files();
  }
});

// src/wheels/read-zip.ts
async function openZip(path4) {
  const file = await (0, import_promises29.open)(path4);
  try {
    const { size } = await file.stat();
    const entries = readDirectory(await readCentralDirectory(file, size));
    return {
      entries,
      compressed: (wanted) => readCompressed(file, size, wanted),
      content: async (entry) => {
        for await (const [, bytes] of readCompressed(file, size, [entry])) return await inflated(entry, bytes);
        throw new BadZip(`it has no ${entry.path}`);
      },
      unpack: (entry, path5, watch) => unpackTo(path5, entry, file, watch),
      place: (entry) => placeOf(entry, file),
      [Symbol.asyncDispose]: () => file.close()
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}
async function inflated(entry, compressed) {
  const content = entry.method === STORED ? compressed : await unpack(entry, compressed);
  if (content.length !== entry.unzippedBytes || (0, import_node_zlib3.crc32)(content) !== entry.crc) throw damaged(entry);
  return content;
}
async function unpack(entry, compressed) {
  const { unzippedBytes } = entry;
  const chunkSize = Math.min(LARGEST_PIECE, Math.max(64, unzippedBytes + 1));
  const options = { maxOutputLength: Math.max(1, unzippedBytes), chunkSize };
  try {
    return unzippedBytes > SYNC_BYTES2 ? await inflateOnThread(compressed, options) : (0, import_node_zlib3.inflateRawSync)(compressed, options);
  } catch (error) {
    throw damaged(entry, error);
  }
}
async function unpackTo(path4, entry, file, watch) {
  const { offset } = await placeOf(entry, file);
  let crc = 0;
  let bytes = 0;
  const check2 = async function* (chunks) {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > entry.unzippedBytes) throw damaged(entry);
      crc = (0, import_node_zlib3.crc32)(chunk, crc);
      watch(chunk);
      yield chunk;
    }
  };
  const end = offset + entry.zippedBytes - 1;
  const compressed = file.createReadStream({ start: offset, end, autoClose: false, highWaterMark: STREAMED_BYTES });
  const inflate = entry.method === STORED ? new import_node_stream4.PassThrough() : (0, import_node_zlib3.createInflateRaw)({ chunkSize: STREAMED_BYTES });
  try {
    await (0, import_promises30.pipeline)(compressed, inflate, check2, (0, import_node_fs11.createWriteStream)(path4, { flags: "wx" }));
  } catch (error) {
    if (!error.code?.startsWith("Z_")) throw error;
    throw damaged(entry, error);
  }
  if (bytes !== entry.unzippedBytes || crc !== entry.crc) throw damaged(entry);
}
async function placeOf(entry, file) {
  const header = await readAt(file, entry.offset, LOCAL_HEADER.bytes);
  if (header.readUInt32LE(0) !== LOCAL_HEADER.signature) throw misplaced(entry);
  return { file, offset: entry.offset + LOCAL_HEADER.bytes + header.readUInt16LE(26) + header.readUInt16LE(28) };
}
function damaged({ path: path4 }, cause) {
  return new BadZip(`its ${path4} is damaged`, { cause });
}
function misplaced({ path: path4 }) {
  return new BadZip(`its ${path4} is not where its directory says`);
}
async function readCentralDirectory(file, size) {
  const tailStart = Math.max(0, size - LONGEST_END);
  const tail = await readAt(file, tailStart, size - tailStart);
  const at = tail.lastIndexOf(Buffer.from("PK", "latin1"));
  if (at < 0 || at + END_RECORD.bytes > tail.length) throw new BadZip("there is no central directory at its end");
  let count = tail.readUInt16LE(at + 10);
  let length = tail.readUInt32LE(at + 12);
  let start = tail.readUInt32LE(at + 16);
  if (count === MAX_16 || length === MAX_32 || start === MAX_32) {
    const zip64 = await readZip64(file, tail, at);
    if (zip64) ({ count, length, start } = zip64);
  }
  if (start + length > at + tailStart) throw new BadZip("it is shorter than it says");
  if (count > MOST_ENTRIES) throw new BadZip(`it has ${count} files, more than any package has`);
  return { bytes: await readAt(file, start, length), count, start };
}
async function readZip64(file, tail, endRecordAt) {
  const at = endRecordAt - ZIP64_LOCATOR.bytes;
  if (at < 0 || tail.readUInt32LE(at) !== ZIP64_LOCATOR.signature) return void 0;
  const record2 = await readAt(file, wide(tail, at + 8), ZIP64_END_RECORD.bytes);
  if (record2.readUInt32LE(0) !== ZIP64_END_RECORD.signature) throw new BadZip("its zip64 end record is damaged");
  return { count: wide(record2, 32), length: wide(record2, 40), start: wide(record2, 48) };
}
function readDirectory({ bytes, count, start }) {
  const entries = [];
  let at = 0;
  let occupied = 0;
  for (let index = 0; index < count; index++) {
    if (at + CENTRAL_HEADER.bytes > bytes.length || bytes.readUInt32LE(at) !== CENTRAL_HEADER.signature)
      throw new BadZip("its central directory is damaged");
    const nameLength = bytes.readUInt16LE(at + 28);
    const extraLength = bytes.readUInt16LE(at + 30);
    const end = at + CENTRAL_HEADER.bytes + nameLength + extraLength + bytes.readUInt16LE(at + 32);
    if (end > bytes.length) throw new BadZip("its central directory is damaged");
    const entry = readEntry(bytes, at, nameLength, extraLength);
    occupied += LOCAL_HEADER.bytes + nameLength + entry.zippedBytes;
    if (entry.offset >= start || occupied > start) throw new BadZip(`its ${entry.path} stands where no file can be`);
    if (!entry.path.endsWith("/")) entries.push(entry);
    at = end;
  }
  if (at !== bytes.length) throw new BadZip("its central directory is damaged");
  return entries;
}
function readEntry(bytes, at, nameLength, extraLength) {
  const flags = bytes.readUInt16LE(at + 8);
  const nameAt = at + CENTRAL_HEADER.bytes;
  const name = bytes.subarray(nameAt, nameAt + nameLength);
  const path4 = flags & UTF8_NAMES ? name.toString() : fromCodePage437(name);
  if (flags & ENCRYPTED) throw new BadZip(`its ${path4} is encrypted`);
  const method = bytes.readUInt16LE(at + 10);
  if (method !== STORED && method !== DEFLATED)
    throw new BadZip(`its ${path4} is compressed by a method that installers do not read (${method})`);
  const extra = bytes.subarray(nameAt + nameLength, nameAt + nameLength + extraLength);
  const [unzippedBytes, zippedBytes, offset] = withZip64(
    [bytes.readUInt32LE(at + 24), bytes.readUInt32LE(at + 20), bytes.readUInt32LE(at + 42)],
    extra
  );
  const mode = bytes[at + 5] === UNIX ? bytes.readUInt16LE(at + 40) : 0;
  const modified = secondsOf(bytes.readUInt16LE(at + 14), bytes.readUInt16LE(at + 12));
  return { path: path4, method, crc: bytes.readUInt32LE(at + 16), zippedBytes, unzippedBytes, mode, modified, offset };
}
function fromCodePage437(name) {
  return name.toString("latin1").replace(/[\x80-\xff]/g, (byte) => CODE_PAGE_437[byte.charCodeAt(0) - 128] ?? "");
}
function secondsOf(date, time) {
  const day = [1980 + (date >> 9), (date >> 5 & 15) - 1, date & 31];
  return Date.UTC(...day, time >> 11, time >> 5 & 63, (time & 31) * 2) / 1e3;
}
function withZip64(numbers, extra) {
  if (!numbers.includes(MAX_32)) return numbers;
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== ZIP64_EXTRA) continue;
    let next = at + 4;
    const wider = numbers.map((number2) => {
      if (number2 !== MAX_32 || next + 8 > extra.length) return number2;
      next += 8;
      return wide(extra, next - 8);
    });
    return wider;
  }
  return numbers;
}
async function* readCompressed(file, size, wanted) {
  const inOrder = wanted.toSorted((a, b) => a.offset - b.offset);
  let batch = { start: 0, bytes: Buffer.alloc(0) };
  for (const entry of inOrder) {
    const most = LOCAL_HEADER.bytes + 2 * MAX_16 + entry.zippedBytes;
    const end = Math.min(size, entry.offset + most);
    if (entry.offset < batch.start || end > batch.start + batch.bytes.length) {
      const length = Math.min(size - entry.offset, Math.max(end - entry.offset, BATCH_BYTES));
      batch = { start: entry.offset, bytes: await readAt(file, entry.offset, length) };
    }
    const at = entry.offset - batch.start;
    if (at + LOCAL_HEADER.bytes > batch.bytes.length || batch.bytes.readUInt32LE(at) !== LOCAL_HEADER.signature)
      throw misplaced(entry);
    const data = at + LOCAL_HEADER.bytes + batch.bytes.readUInt16LE(at + 26) + batch.bytes.readUInt16LE(at + 28);
    if (data + entry.zippedBytes > batch.bytes.length) throw new BadZip(`its ${entry.path} is cut off`);
    yield [entry, batch.bytes.subarray(data, data + entry.zippedBytes)];
  }
}
async function readAt(file, position, length) {
  if (position < 0 || !Number.isSafeInteger(position + length)) throw new BadZip("it is shorter than it says");
  const buffer2 = Buffer.allocUnsafe(length);
  const { bytesRead } = await file.read(buffer2, 0, length, position);
  if (bytesRead !== length) throw new BadZip("it is shorter than it says");
  return buffer2;
}
function wide(bytes, at) {
  return Number(bytes.readBigUInt64LE(at));
}
var import_node_fs11, import_promises29, import_node_stream4, import_promises30, import_node_util3, import_node_zlib3, BadZip, LONGEST_END, BATCH_BYTES, SYNC_BYTES2, STREAMED_BYTES, MOST_ENTRIES, LARGEST_PIECE, inflateOnThread, CODE_PAGE_437;
var init_read_zip = __esm({
  "src/wheels/read-zip.ts"() {
    "use strict";
    import_node_fs11 = require("node:fs");
    import_promises29 = require("node:fs/promises");
    import_node_stream4 = require("node:stream");
    import_promises30 = require("node:stream/promises");
    import_node_util3 = require("node:util");
    import_node_zlib3 = require("node:zlib");
    init_zip_format();
    BadZip = class extends Error {
      name = "BadZip";
    };
    LONGEST_END = END_RECORD.bytes + MAX_16;
    BATCH_BYTES = 4 << 20;
    SYNC_BYTES2 = 256 * 1024;
    STREAMED_BYTES = 128 * 1024;
    MOST_ENTRIES = 4e5;
    LARGEST_PIECE = 1 << 20;
    inflateOnThread = (0, import_node_util3.promisify)(import_node_zlib3.inflateRaw);
    CODE_PAGE_437 = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■ ";
  }
});

// src/wheels/read-wheel.ts
async function openWheel(path4, filename) {
  let zip;
  try {
    zip = await openZip(path4);
    return await describeWheel(zip, filename);
  } catch (error) {
    await zip?.[Symbol.asyncDispose]();
    throw error instanceof BadZip ? brokenWheel(filename, error) : error;
  }
}
async function describeWheel(zip, filename) {
  refuseHostile(zip.entries);
  const infoFolder = findInfoFolder(zip.entries, filename);
  const textOf = async (name2) => {
    const entry = zip.entries.find(({ path: path4 }) => path4 === `${infoFolder}/${name2}`);
    if (entry && entry.unzippedBytes > MOST_TEXT_BYTES) throw new BadZip(`its ${name2} is larger than any`);
    return entry ? (await zip.content(entry)).toString() : "";
  };
  const [metadata, wheelText, recordText, entryPoints] = await Promise.all(
    ["METADATA", "WHEEL", "RECORD", "entry_points.txt"].map(textOf)
  );
  if (!metadata || !wheelText || !recordText)
    throw new BadZip(`its ${infoFolder} lacks METADATA, WHEEL or RECORD (PEP 427)`);
  const { name, version, tags } = distributionOf(metadata, wheelText);
  if (!/^Wheel-Version: 1\./m.test(wheelText)) throw new BadZip("its WHEEL is of a version that is not known");
  if (name === "" || version === "") throw new BadZip("its METADATA names no distribution and version");
  if (name !== normalise(filename.split("-", 1)[0] ?? "")) throw new BadZip(`its METADATA is that of ${name}`);
  const records = new Map(recordRows(recordText).map(({ path: path4, line }) => [path4, line]));
  const files = sortedByPath(
    zip.entries.flatMap((entry) => installedFile(entry, infoFolder) ?? []),
    ({ path: path4 }) => path4
  );
  const twice = files.find(({ path: path4 }, index) => path4 === files[index + 1]?.path);
  if (twice) throw new BadZip(`two of its files would be installed as ${twice.path}`);
  const both = fileAndFolder(files.map((file) => file.path));
  if (both !== void 0) throw new BadZip(`its ${both} would be a file and a folder`);
  return {
    filename,
    name,
    version,
    tags,
    infoFolder,
    entryPoints: entryPoints ?? "",
    metadata,
    files,
    contents: (wanted) => readContents(zip, wanted, records, filename),
    unpack: async (file, path4) => {
      try {
        return await unpack2(zip, file, path4, records.get(file.entry.path));
      } catch (error) {
        throw error instanceof BadZip ? brokenWheel(filename, error) : error;
      }
    },
    compressed: (wanted) => readCompressed2(zip, wanted),
    place: ({ entry }) => zip.place(entry),
    [Symbol.asyncDispose]: () => zip[Symbol.asyncDispose]()
  };
}
async function* readCompressed2(zip, wanted) {
  const files = new Map(wanted.map((file) => [file.entry, file]));
  for await (const [entry, compressed] of zip.compressed([...files.keys()])) {
    const file = files.get(entry);
    if (file) yield [file, compressed];
  }
}
async function* readContents(zip, wanted, records, filename) {
  const files = new Map(wanted.map((file) => [file.entry, file]));
  try {
    for await (const [entry, compressed] of zip.compressed([...files.keys()])) {
      const content = await inflated(entry, compressed);
      refuseUnrecorded(entry.path, content, records.get(entry.path));
      const file = files.get(entry);
      if (file) yield { file, content };
    }
  } catch (error) {
    throw error instanceof BadZip ? brokenWheel(filename, error) : error;
  }
}
async function unpack2(zip, { entry }, path4, line) {
  const recorded = recordedDigest(line);
  const sha256 = (0, import_node_crypto8.createHash)("sha256");
  const other = recorded && recorded.algorithm !== "sha256" ? (0, import_node_crypto8.createHash)(recorded.algorithm) : void 0;
  await zip.unpack(entry, path4, (chunk) => {
    sha256.update(chunk);
    other?.update(chunk);
  });
  const digest = sha256.digest();
  if (recorded && (other?.digest() ?? digest).toString("base64url") !== recorded.digest) throw unrecorded(entry.path);
  return { sha256: digest };
}
function refuseUnrecorded(path4, content, line) {
  const recorded = recordedDigest(line);
  if (recorded && (0, import_node_crypto8.createHash)(recorded.algorithm).update(content).digest("base64url") !== recorded.digest)
    throw unrecorded(path4);
}
function recordedDigest(line) {
  const [, algorithm, digest] = /,(sha256|sha384|sha512)=([\w-]+)=*,\d*\s*$/.exec(line ?? "") ?? [];
  return algorithm === void 0 || digest === void 0 ? void 0 : { algorithm, digest };
}
function unrecorded(path4) {
  return new BadZip(`its ${path4} is not the one that its RECORD lists`);
}
function refuseHostile(entries) {
  const paths = /* @__PURE__ */ new Set();
  let bytes = 0;
  for (const { path: path4, mode, zippedBytes, unzippedBytes } of entries) {
    if (!isInside(path4)) throw new BadZip(`its ${JSON.stringify(path4)} leads out of the folder of the installation`);
    if ((mode & FILE_TYPE) === SYMBOLIC_LINK) throw new BadZip(`its ${path4} is a link, which no wheel may hold`);
    if (paths.has(path4)) throw new BadZip(`it has ${path4} twice`);
    if (unzippedBytes > 64 && unzippedBytes > zippedBytes * MOST_EXPANSION)
      throw new BadZip(`its ${path4} says that it unpacks to more than is possible`);
    paths.add(path4);
    bytes += unzippedBytes;
  }
  if (bytes > MOST_BYTES2) throw new BadZip(`it unpacks to ${Math.round(bytes / 1e6)} MB`);
}
function isInside(path4) {
  if (path4 === "" || /^[/\\]|^[A-Za-z]:|\\/.test(path4) || hasControlCharacter(path4)) return false;
  return path4.split("/").every((part) => part !== ".." && part !== "." && part !== "");
}
function hasControlCharacter(path4) {
  for (let index = 0; index < path4.length; index++) if (path4.charCodeAt(index) < 32) return true;
  return false;
}
function fileAndFolder(paths) {
  const files = new Set(paths);
  const seen = /* @__PURE__ */ new Set();
  for (const path4 of paths) {
    for (let slash = path4.lastIndexOf("/"); slash > 0; slash = path4.lastIndexOf("/", slash - 1)) {
      const folder = path4.slice(0, slash);
      if (seen.has(folder)) break;
      if (files.has(folder)) return folder;
      seen.add(folder);
    }
  }
  return void 0;
}
function findInfoFolder(entries, filename) {
  const folders = new Set(entries.flatMap(({ path: path4 }) => /^([^/]+\.dist-info)\/METADATA$/.exec(path4)?.[1] ?? []));
  const [folder] = folders;
  if (folder === void 0) throw new BadZip("it has no dist-info folder with METADATA");
  if (folders.size > 1) throw new BadZip("it has more than one dist-info folder");
  if (!filename.endsWith(".whl")) throw new BadZip("its name does not end with .whl");
  return folder;
}
function installedFile(entry, infoFolder) {
  const { path: path4 } = entry;
  if (import_node_path20.posix.dirname(path4) === infoFolder && RECORDS.test(import_node_path20.posix.basename(path4))) return void 0;
  const [, kind, rest = ""] = /^[^/]+\.data\/([^/]+)\/(.+)$/.exec(path4) ?? [];
  const mode = isProgram(path4) || (entry.mode & 73) !== 0 ? 493 : 420;
  switch (kind) {
    case void 0:
    case "purelib":
    case "platlib":
    case "data":
      return { path: kind === void 0 ? path4 : rest, mode, isScript: false, entry };
    case "scripts":
      return { path: `bin/${rest}`, mode: 493, isScript: true, entry };
    case "headers":
      return void 0;
    // For who compiles against the distribution.
    default:
      throw new BadZip(`its ${path4} would be installed nobody knows where`);
  }
}
function isProgram(path4) {
  return /\.so(?:\.\d+)*$/.test(path4);
}
function isLarge({ path: path4, entry }) {
  return Math.max(entry.unzippedBytes, entry.zippedBytes) > MOST_HELD_BYTES2 && !path4.endsWith(".py");
}
function isDeflated({ entry }) {
  return entry.method === DEFLATED;
}
function brokenWheel(filename, { message, cause }) {
  return new UserError(
    {
      title: `${filename} cannot be installed: ${message}`,
      hint: "The file is damaged or hostile: look at where it comes from, remove it from the cache of pip (pip cache purge), and try again."
    },
    { cause }
  );
}
var import_node_crypto8, import_node_path20, MOST_BYTES2, MOST_EXPANSION, MOST_TEXT_BYTES, SYMBOLIC_LINK, FILE_TYPE, RECORDS, MOST_HELD_BYTES2;
var init_read_wheel = __esm({
  "src/wheels/read-wheel.ts"() {
    "use strict";
    import_node_crypto8 = require("node:crypto");
    import_node_path20 = require("node:path");
    init_errors();
    init_files();
    init_metadata();
    init_paths();
    init_read_zip();
    init_zip_format();
    MOST_BYTES2 = 1 << 30;
    MOST_EXPANSION = 1032;
    MOST_TEXT_BYTES = 64 << 20;
    SYMBOLIC_LINK = 40960;
    FILE_TYPE = 61440;
    RECORDS = /^(?:RECORD(?:\.jws|\.p7s)?|INSTALLER|REQUESTED|direct_url\.json|uv_cache\.json)$/;
    MOST_HELD_BYTES2 = 8 << 20;
  }
});

// src/wheels/scripts.ts
function interpreterLine(pythonMinor) {
  return `#!/var/lang/bin/python${pythonMinor}`;
}
function withInterpreter(content, pythonMinor) {
  const match = /^#!python[^\s]*/.exec(content.toString("latin1", 0, 64));
  if (!match) return void 0;
  return Buffer.concat([Buffer.from(interpreterLine(pythonMinor)), content.subarray(match[0].length)]);
}
function entryPointScripts(entryPoints, pythonMinor) {
  const scripts = [];
  let section = "";
  for (const line of entryPoints.split(/\r?\n/)) {
    section = /^\[\s*([^\]]+?)\s*\]\s*$/.exec(line)?.[1] ?? section;
    if (section !== "console_scripts" && section !== "gui_scripts") continue;
    const [, name, module2, attribute] = /^\s*([\w.-]+)\s*=\s*([\w.]+)\s*:\s*([\w.]+)/.exec(line) ?? [];
    if (name === void 0 || module2 === void 0 || attribute === void 0) continue;
    if (/^\.+$/.test(name)) continue;
    const [first = ""] = attribute.split(".");
    const text3 = `${interpreterLine(pythonMinor)}
import sys

from ${module2} import ${first}

if __name__ == "__main__":
    sys.exit(${attribute}())
`;
    scripts.push({ name, content: Buffer.from(text3) });
  }
  return scripts.toSorted((a, b) => a.name < b.name ? -1 : 1);
}
var init_scripts = __esm({
  "src/wheels/scripts.ts"() {
    "use strict";
  }
});

// node_modules/ignore/index.js
var require_ignore = __commonJS({
  "node_modules/ignore/index.js"(exports2, module2) {
    function makeArray(subject) {
      return Array.isArray(subject) ? subject : [subject];
    }
    var UNDEFINED = void 0;
    var EMPTY = "";
    var SPACE = " ";
    var ESCAPE = "\\";
    var REGEX_LITERAL_SPECIAL = /[.*+?()[\]{}^$|\\/]/;
    var BOM = "\uFEFF";
    var REGEX_ANCHORED_GLOBSTAR = /^\/\*{2,}$/;
    var REGEX_REPLACE_LEADING_EXCAPED_EXCLAMATION = /^\\!/;
    var REGEX_REPLACE_LEADING_EXCAPED_HASH = /^\\#/;
    var REGEX_SPLITALL_CRLF = /\r?\n/g;
    var DOUBLE_SLASH = "//";
    var SLASH_CODE = 47;
    var DOT_CODE = 46;
    var SLASH = "/";
    var TMP_KEY_IGNORE = "node-ignore";
    if (typeof Symbol !== "undefined") {
      TMP_KEY_IGNORE = /* @__PURE__ */ Symbol.for("node-ignore");
    }
    var KEY_IGNORE = TMP_KEY_IGNORE;
    var define = (object2, key, value) => {
      Object.defineProperty(object2, key, { value });
      return value;
    };
    var RETURN_FALSE = () => false;
    var POSIX_CLASSES = {
      alnum: "0-9A-Za-z",
      alpha: "A-Za-z",
      blank: " \\t",
      cntrl: "\\x00-\\x1f\\x7f",
      digit: "0-9",
      graph: "!-.0-~",
      lower: "a-z",
      print: " -.0-~",
      punct: "!-.:-@\\[-`{-~",
      // git's `sane-ctype.h` classifies \v and \f as control, not space,
      //   unlike C's `isspace`
      space: " \\t\\n\\r",
      upper: "A-Z",
      xdigit: "0-9A-Fa-f"
    };
    var CLASS_MEMBERS_TO_ESCAPE = "\\]^-[";
    var escapeMember = (char) => CLASS_MEMBERS_TO_ESCAPE.indexOf(char) < 0 ? char : ESCAPE + char;
    var NON_SLASH = "(?!\\/)";
    var classSource = (negated, body) => {
      if (negated) {
        return `[^\\/${body}]`;
      }
      const source2 = `[${body}]`;
      return new RegExp(source2).test("/") ? NON_SLASH + source2 : source2;
    };
    var scanBracket = (pattern, start) => {
      const { length } = pattern;
      let index = start + 1;
      let negated = EMPTY;
      const lead = pattern[index];
      if (lead === "!" || lead === "^") {
        negated = "^";
        index++;
      }
      let body = EMPTY;
      let prev = EMPTY;
      for (; ; ) {
        const char = pattern[index];
        if (char === UNDEFINED) {
          return null;
        }
        if (char === ESCAPE) {
          const escaped = pattern[++index];
          body += escapeMember(escaped);
          prev = escaped;
        } else if (char === "-" && prev && index + 1 < length && pattern[index + 1] !== "]") {
          index++;
          let to = pattern[index];
          if (to === ESCAPE) {
            to = pattern[index += 1];
          }
          if (prev <= to) {
            body += `-${escapeMember(to)}`;
          }
          prev = EMPTY;
        } else if (char === "[" && pattern[index + 1] === ":") {
          const nameStart = index + 2;
          let end = nameStart;
          while (end < length && pattern[end] !== "]") {
            end++;
          }
          if (end === length) {
            return null;
          }
          if (end > nameStart && pattern[end - 1] === ":") {
            const name = pattern.slice(nameStart, end - 1);
            if (!Object.prototype.hasOwnProperty.call(POSIX_CLASSES, name)) {
              return null;
            }
            body += POSIX_CLASSES[name];
            prev = EMPTY;
            index = end;
          } else {
            body += escapeMember("[");
            prev = "[";
            index = nameStart - 2;
          }
        } else {
          body += escapeMember(char);
          prev = char;
        }
        index++;
        if (pattern[index] === "]") {
          return {
            end: index,
            source: classSource(negated, body)
          };
        }
      }
    };
    var NEVER_MATCH = "[]";
    var PLACEHOLDER2 = "\0";
    var REGEX_RESTORE_PLACEHOLDER = new RegExp(
      `${PLACEHOLDER2}(\\d+)${PLACEHOLDER2}`,
      "g"
    );
    var TRAILING_WILDCARD = "";
    var TRAILING_DOUBLESTAR = "";
    var isReserved = (char) => char === PLACEHOLDER2 || char === TRAILING_WILDCARD || char === TRAILING_DOUBLESTAR;
    var extractBrackets = (pattern) => {
      const sources = [];
      const hold = (source2) => `${PLACEHOLDER2}${sources.push(source2) - 1}${PLACEHOLDER2}`;
      const { length } = pattern;
      let out = EMPTY;
      let index = 0;
      while (index < length) {
        const char = pattern[index];
        if (char === ESCAPE) {
          const escaped = pattern[index + 1];
          if (escaped === SLASH && index + 2 === length) {
            out += hold(NEVER_MATCH);
          } else if (escaped === "*" || escaped === "[" || escaped === SPACE) {
            out += pattern.slice(index, index + 2);
          } else {
            out += hold(
              REGEX_LITERAL_SPECIAL.test(escaped) ? ESCAPE + escaped : isReserved(escaped) ? `[${escaped}]` : escaped
            );
          }
          index += 2;
        } else if (isReserved(char)) {
          out += hold(`[${char}]`);
          index++;
        } else if (char === "[") {
          const scanned = scanBracket(pattern, index);
          if (scanned === null) {
            out += hold(NEVER_MATCH);
            index = length;
          } else {
            out += hold(scanned.source);
            index = scanned.end + 1;
          }
        } else {
          out += char;
          index++;
        }
      }
      return {
        source: out,
        sources
      };
    };
    var DIRECT = null;
    var REGEX_INNER_SLASH = /\/(?!$)/;
    var WILDCARD = "[^\\/]*";
    var REPLACERS = [
      // Replace (\ ) with ' '
      // Only a space: an escaped tab or other whitespace is already a literal by
      //   the time it reaches here, and a bare tab must be left as one, not turned
      //   into a space.
      // (\ ) -> ' '
      // (\\ ) -> '\\ '
      // (\\\ ) -> '\\ '
      [
        // A run of backslashes is taken whole, from its first one, so no match
        //   ever starts again inside it -- `(\\+?) ` did, which made a long run
        //   quadratic.
        /(\\+)( ?)/g,
        (_, run3, space) => space ? run3.slice(0, run3.length - run3.length % 2) + SPACE : run3,
        ESCAPE + SPACE
      ],
      // git's wildmatch() reads a run of two or more asterisks as one globstar
      //   whenever the run fills a path segment: it starts the pattern or follows
      //   a `/`, and it ends the pattern or comes before a `/`. A run of two is
      //   already `**`; a longer one is folded into `**` here, so the steps
      //   below only ever have to know `**`.
      // `***/foo` -> `**/foo`, `a/***/b` -> `a/**/b`, `a/***` -> `a/**`
      // git also takes a run beside a literal prefix (`a***/b`) or beside an
      //   escaped slash (`***\/b`) as a globstar, and this does not; the README
      //   lists both, under "A run of asterisks".
      [
        /(^|\/)\*{3,}(?=\/|$)/g,
        (_, start) => `${start}**`,
        "*"
      ],
      // Escape metacharacters
      // which is written down by users but means special for regular expressions.
      // > There are 12 characters with special meanings:
      // > - the backslash \,
      // > - the caret ^,
      // > - the dollar sign $,
      // > - the period or dot .,
      // > - the vertical bar or pipe symbol |,
      // > - the question mark ?,
      // > - the asterisk or star *,
      // > - the plus sign +,
      // > - the opening parenthesis (,
      // > - the closing parenthesis ),
      // > - and the opening square bracket [,
      // > - the opening curly brace {,
      // > These special characters are often called "metacharacters".
      [
        /[\\$.|*+(){^]/g,
        (match) => `\\${match}`
      ],
      [
        // > a question mark (?) matches a single character
        /(?!\\)\?/g,
        () => "[^/]",
        "?"
      ],
      // leading slash
      [
        // > A leading slash matches the beginning of the pathname.
        // > For example, "/*.c" matches "cat-file.c" but not "mozilla-sha1/sha1.c".
        // A leading slash matches the beginning of the pathname
        /^\//,
        () => "^",
        SLASH
      ],
      // replace special metacharacter slash after the leading slash
      [
        /\//g,
        () => "\\/",
        SLASH
      ],
      [
        // > A leading "**" followed by a slash means match in all directories.
        // > For example, "**/foo" matches file or directory "foo" anywhere,
        // > the same as pattern "foo".
        // > "**/foo/bar" matches file or directory "bar" anywhere that is directly
        // >   under directory "foo".
        // Notice that the '*'s have been replaced as '\\*'
        /^\^*(?:\\\*\\\*\\\/)+/,
        // '**/foo' <-> 'foo'
        () => "(?:^|\\/)",
        "*"
      ],
      // starting
      [
        // there will be no leading '/'
        //   (which has been replaced by section "leading slash")
        // If starts with '**', adding a '^' to the regular expression also works
        DIRECT,
        (source2, pattern) => {
          if (!source2 || source2[0] === "^" || source2[0] === "(") {
            return source2;
          }
          const anchor = !REGEX_INNER_SLASH.test(pattern) ? "(?:^|\\/)" : "^";
          return anchor + source2;
        }
      ],
      // two globstars
      [
        // Use lookahead assertions so that we could match more than one `'/**'`
        /\\\/\\\*\\\*(?=\\\/|$)/g,
        // Zero, one or several directories
        // should not use '*', or it will be replaced by the next replacer
        // Check if it is not the last `'/**'`
        (_, index, str) => index + 6 < str.length ? str.slice(index + 6) === "\\/" ? "(?:\\/[^\\/]+)+" : "(?:\\/[^\\/]+)*" : `\\/${TRAILING_DOUBLESTAR}`,
        "*"
      ],
      // normal intermediate wildcards
      [
        // Never replace escaped '*'
        // ignore rule '\*' will match the path '*'
        // 'abc.*/' -> go
        // 'abc.*'  -> skip this rule,
        //    coz trailing single wildcard will be handed by [trailing wildcard]
        /(^|[^\\])(?:\\\*)+(?!$)/g,
        // '*.js' matches '.js'
        // '*.js' doesn't match 'abc'
        // 1. An asterisk "*" matches anything except a slash.
        // 2. Other consecutive asterisks are considered regular asterisks
        //    and collapse into one non-slash wildcard run.
        (_, p1) => p1 + WILDCARD,
        "*"
      ],
      // trailing wildcard, held apart from a literal star
      [
        // The step above leaves a trailing `*` alone, so a single `\*` is all that
        //   can be left at the end here, and what stands in front of it says which
        //   kind it is. A wildcard arrives as the escaper wrote it, `\*` with
        //   nothing before it; a literal arrives as the user's own escape, which
        //   the escaper doubled, and then the star's own -- `\\` and then `\*`.
        //   There is no third case: every backslash still reaching the chain is
        //   one `\*`, `\[` or `\ ` carries itself, and each is followed by its
        //   own character, so a longer run can never form. This runs while the
        //   two are still distinct, before the unescape steps below collapse the
        //   literal onto the very `\*` a wildcard leaves behind.
        /(^|[^\\])((?:\\\\)*)\\\*$/,
        (match, p1, p2) => p2 === EMPTY ? p1 + TRAILING_WILDCARD : match,
        "*"
      ],
      [
        // unescape, revert step 3 except for back slash
        // For example, if a user escape a '\\*',
        // after step 3, the result will be '\\\\\\*'
        /\\\\\\(?=[$.|*+(){^])/g,
        () => ESCAPE,
        ESCAPE + ESCAPE
      ],
      [
        // '\\\\' -> '\\'
        /\\\\/g,
        () => ESCAPE,
        ESCAPE + ESCAPE
      ],
      [
        // Every real bracket expression -- POSIX classes included -- has already
        //   been held aside by `extractBrackets`, so the only `[` left in the
        //   pattern is an escaped, literal one.
        // A backslash could only stand at the end of the range if it quoted the
        //   `]`, and `\]` is held aside long before this.
        /\\\[([^\]/]*?)($|\])/g,
        // '\\[bar]' -> '\\\\[bar]'
        (match, range, close) => `\\[${range}${close}`,
        "["
      ],
      // ending
      [
        // 'js' will not match 'js.'
        // 'ab' will not match 'abc'
        DIRECT,
        // WTF!
        // https://git-scm.com/docs/gitignore
        // changes in [2.22.1](https://git-scm.com/docs/gitignore/2.22.1)
        // which re-fixes #24, #38
        // > If there is a separator at the end of the pattern then the pattern
        // > will only match directories, otherwise the pattern can match both
        // > files and directories.
        // 'js*' will not match 'a.js'
        // 'js/' will not match 'a.js'
        // 'js' will match 'a.js' and 'a.js/'
        (source2) => {
          const last = source2[source2.length - 1];
          if (!last || last === TRAILING_WILDCARD || last === TRAILING_DOUBLESTAR) {
            return source2;
          }
          return last === SLASH ? `${source2}$` : `${source2}(?=$|\\/$)`;
        }
      ]
    ];
    var REGEX_REPLACE_TRAILING_WILDCARD = /(^|\\\/)?\uE000$/;
    var MODE_IGNORE = "regex";
    var MODE_CHECK_IGNORE = "checkRegex";
    var UNDERSCORE = "_";
    var replaceTrailingWildcard = (_, p1) => {
      const prefix = p1 ? `${p1}[^/]+` : "[^/]*";
      return `${prefix}(?=$|\\/$)`;
    };
    var REGEX_REPLACE_TRAILING_DOUBLESTAR = /\uE001$/;
    var replaceTrailingDoublestar = () => "[\\s\\S]";
    var separatorAfter = (run3, at) => {
      let separator = EMPTY;
      for (let index = at + 1; index < run3.length && !run3[index].wildcard; index++) {
        separator += run3[index].single;
      }
      return separator;
    };
    var pinWildcards = (source2) => {
      if (source2.indexOf(WILDCARD) < 0) {
        return source2;
      }
      const tokens = [];
      const { length } = source2;
      let index = 0;
      while (index < length) {
        const char = source2[index];
        if (source2.startsWith(WILDCARD, index)) {
          tokens.push({ wildcard: true });
          index += WILDCARD.length;
        } else if (char === "[") {
          let end = index + 1;
          if (source2[end] === "^") {
            end++;
          }
          if (source2[end] === "]") {
            end++;
          }
          while (end < length && source2[end] !== "]") {
            end += source2[end] === ESCAPE ? 2 : 1;
          }
          end++;
          tokens.push({ single: source2.slice(index, end) });
          index = end;
        } else if (char === ESCAPE) {
          tokens.push({ single: source2.slice(index, index + 2) });
          index += 2;
        } else if (char === "(") {
          let depth = 0;
          let end = index;
          do {
            if (source2[end] === ESCAPE) {
              end++;
            } else if (source2[end] === "(") {
              depth++;
            } else if (source2[end] === ")") {
              depth--;
            }
            end++;
          } while (end < length && depth > 0);
          if ("*+?".indexOf(source2[end]) >= 0) {
            end++;
          }
          tokens.push({ boundary: source2.slice(index, end) });
          index = end;
        } else if (char === "^" || char === "$") {
          tokens.push({ boundary: char });
          index++;
        } else {
          tokens.push({ single: char });
          index++;
        }
      }
      let out = EMPTY;
      let run3 = [];
      const flush = () => {
        let lastWildcard;
        run3.forEach((token, at) => {
          if (token.wildcard) {
            lastWildcard = at;
          }
        });
        run3.forEach((token, at) => {
          if (!token.wildcard) {
            out += token.single;
            return;
          }
          out += at === lastWildcard ? WILDCARD : `(?:(?!${separatorAfter(run3, at)})[^\\/])*`;
        });
        run3 = [];
      };
      tokens.forEach((token) => {
        if (token.boundary === void 0) {
          run3.push(token);
          return;
        }
        flush();
        out += token.boundary;
      });
      flush();
      return out;
    };
    var makeRegexPrefix = (pattern) => {
      if (REGEX_ANCHORED_GLOBSTAR.test(pattern)) {
        pattern = "**";
      }
      const { source: source2, sources } = extractBrackets(pattern);
      const replaced = REPLACERS.reduce(
        // A pass whose matcher finds nothing hands back the very string it was
        //   given, so asking first costs a search and saves a rewrite. Ten of the
        //   fifteen passes never fire for a typical .gitignore line, and between
        //   them they were 45% of this chain.
        (prev, [matcher, replacer, required]) => {
          if (matcher === DIRECT) {
            return replacer(prev, pattern);
          }
          if (required !== UNDEFINED && prev.indexOf(required) < 0) {
            return prev;
          }
          return matcher.test(prev) ? prev.replace(matcher, replacer.bind(pattern)) : prev;
        },
        source2
      );
      return sources.length ? replaced.replace(
        REGEX_RESTORE_PLACEHOLDER,
        (match, index) => sources[index]
      ) : replaced;
    };
    var checkSourceOf = (body, prefix) => {
      if (body[body.length - 1] === SLASH) {
        prefix = makeRegexPrefix(body.slice(0, -1));
      }
      const head = prefix.slice(0, -1);
      const last = prefix[prefix.length - 1];
      return last === TRAILING_WILDCARD ? `${head}$` : last === TRAILING_DOUBLESTAR ? head : NEVER_MATCH;
    };
    var matchesBasename = (body) => {
      const index = body.indexOf(SLASH);
      return index < 0 || index === body.length - 1;
    };
    var basenameOf = (path4) => {
      const end = path4.length - 1;
      const index = path4.lastIndexOf(
        SLASH,
        path4[end] === SLASH ? end - 1 : end
      );
      return index < 0 ? path4 : path4.slice(index + 1);
    };
    var parentOf = (path4) => {
      if (path4.charCodeAt(0) === SLASH_CODE || path4.indexOf(DOUBLE_SLASH) >= 0) {
        const slices = path4.split(SLASH).filter(Boolean);
        slices.pop();
        return slices.length ? slices.join(SLASH) + SLASH : EMPTY;
      }
      const end = path4.length - 1;
      const cut = path4.lastIndexOf(
        SLASH,
        path4.charCodeAt(end) === SLASH_CODE ? end - 1 : end
      );
      return cut < 0 ? EMPTY : path4.slice(0, cut + 1);
    };
    var isString = (subject) => typeof subject === "string";
    var checkPattern = (pattern) => pattern && isString(pattern);
    var splitPattern2 = (pattern) => (pattern[pattern.length - 1] === "\r" ? pattern.slice(0, -1) : pattern).split(REGEX_SPLITALL_CRLF).filter(Boolean);
    var IgnoreRule = class {
      constructor(pattern, mark, body, ignoreCase, negative, prefix) {
        this.pattern = pattern;
        this.mark = mark;
        this.negative = negative;
        define(this, "body", body);
        define(this, "ignoreCase", ignoreCase);
        define(this, "regexPrefix", prefix);
      }
      // Worked out on first use and kept behind an own property, the way `regex`
      //   caches itself in `_regex`. Deciding it in the constructor instead would
      //   add a fourth `defineProperty` to every rule ever built, which cost 4% of
      //   every compile -- including the compiles of rules that are never matched
      //   against anything.
      get _basenameOnly() {
        return define(this, "_basenameOnly", matchesBasename(this.body));
      }
      get regex() {
        const key = UNDERSCORE + MODE_IGNORE;
        if (this[key]) {
          return this[key];
        }
        return this._make(MODE_IGNORE, key);
      }
      get checkRegex() {
        const key = UNDERSCORE + MODE_CHECK_IGNORE;
        if (this[key]) {
          return this[key];
        }
        return this._make(MODE_CHECK_IGNORE, key);
      }
      _make(mode, key) {
        const str = pinWildcards(
          mode === MODE_IGNORE ? this.regexPrefix.replace(REGEX_REPLACE_TRAILING_WILDCARD, replaceTrailingWildcard).replace(REGEX_REPLACE_TRAILING_DOUBLESTAR, replaceTrailingDoublestar) : checkSourceOf(this.body, this.regexPrefix)
        );
        const regex2 = this.ignoreCase ? new RegExp(str, "i") : new RegExp(str);
        return define(this, key, regex2);
      }
    };
    var hasTrailingBackslash = (str) => {
      let count = 0;
      while (str[str.length - count - 1] === ESCAPE) {
        count++;
      }
      return count % 2 === 1;
    };
    var trimEnd = (body, stripLineEnd) => {
      let lineEnd = body.length;
      let end;
      for (; ; ) {
        if (stripLineEnd && body[lineEnd - 1] === "\r") {
          lineEnd--;
        }
        end = lineEnd;
        while (body[end - 1] === SPACE) {
          end--;
        }
        if (!stripLineEnd || body[end - 1] !== "\n") {
          break;
        }
        lineEnd = end - 1;
      }
      if (end === lineEnd) {
        return body.slice(0, lineEnd);
      }
      let backslashes = 0;
      while (body[end - backslashes - 1] === ESCAPE) {
        backslashes++;
      }
      return backslashes % 2 ? body.slice(0, end - 1) + SPACE : body.slice(0, end);
    };
    var createRule = (pattern, mark, ignoreCase, stripLineEnd, stripBOM) => {
      let body = stripBOM && pattern[0] === BOM ? pattern.slice(1) : pattern;
      if (body[0] === "#") {
        return;
      }
      let negative = false;
      if (body[0] === "!") {
        negative = true;
        body = body.slice(1);
      }
      const last = body[body.length - 1];
      if (last === SPACE || stripLineEnd && (last === "\r" || last === "\n")) {
        body = trimEnd(body, stripLineEnd);
      }
      if (!body || hasTrailingBackslash(body)) {
        return;
      }
      body = body.replace(REGEX_REPLACE_LEADING_EXCAPED_EXCLAMATION, "!").replace(REGEX_REPLACE_LEADING_EXCAPED_HASH, "#");
      const regexPrefix = makeRegexPrefix(body);
      return new IgnoreRule(
        pattern,
        mark,
        body,
        ignoreCase,
        negative,
        regexPrefix
      );
    };
    var RuleManager = class {
      constructor(ignoreCase) {
        this._ignoreCase = ignoreCase;
        this._rules = [];
        this._basenameCount = 0;
      }
      _add(pattern, index) {
        if (pattern && pattern[KEY_IGNORE]) {
          this._rules = this._rules.concat(pattern._rules._rules);
          this._basenameCount += pattern._rules._basenameCount;
          this._added = true;
          return;
        }
        const isStr = isString(pattern);
        const raw = isStr ? pattern : pattern.pattern;
        const rule = checkPattern(raw) && createRule(
          raw,
          isStr ? UNDEFINED : pattern.mark,
          this._ignoreCase,
          !this._split,
          this._stripBOM && !index
        );
        if (rule) {
          this._added = true;
          this._rules.push(rule);
          if (matchesBasename(rule.body)) {
            this._basenameCount++;
          }
        }
      }
      // @param {Array<string> | string | Ignore} pattern
      add(pattern) {
        this._added = false;
        this._split = isString(pattern);
        this._stripBOM = !this._split || pattern[0] === BOM;
        makeArray(
          this._split ? splitPattern2(pattern) : pattern
        ).forEach(this._add, this);
        if (this._added) {
          this._literalRules = UNDEFINED;
        }
        return this._added;
      }
      // Match the literal 'abc/' for `checkIgnore`, last rule wins. Only a rule
      //   ending in a wildcard can match it (see `checkSourceOf`), so the rest
      //   are left out once, rather than tested or compiled for every path.
      testLiteral(path4) {
        const rules = this._literalRules || (this._literalRules = this._rules.filter(
          ({ body }) => body[body.length - (body[body.length - 1] === SLASH ? 2 : 1)] === "*"
        ));
        let ignored = false;
        let unignored = false;
        let matchedRule;
        for (let index = rules.length - 1; index >= 0; index--) {
          const rule = rules[index];
          if (rule.checkRegex.test(path4)) {
            ignored = !rule.negative;
            unignored = rule.negative;
            matchedRule = rule.negative ? UNDEFINED : rule;
            break;
          }
        }
        const ret = {
          ignored,
          unignored
        };
        if (matchedRule) {
          ret.rule = matchedRule;
        }
        return ret;
      }
      // Test one single path without recursively checking parent directories
      //
      // - mode `string` either `MODE_IGNORE` or `MODE_CHECK_IGNORE`
      // @returns {TestResult}
      test(path4, mode) {
        const rules = this._rules;
        const { length } = rules;
        const shortcut = this._basenameCount * 2 >= length;
        const basename8 = shortcut ? basenameOf(path4) : path4;
        for (let index = length - 1; index >= 0; index--) {
          const rule = rules[index];
          if (rule[mode].test(
            shortcut && rule._basenameOnly ? basename8 : path4
          )) {
            const { negative } = rule;
            const ret = {
              ignored: !negative,
              unignored: negative
            };
            if (!negative) {
              ret.rule = rule;
            }
            return ret;
          }
        }
        return {
          ignored: false,
          unignored: false
        };
      }
    };
    var throwError = (message, Ctor) => {
      throw new Ctor(message);
    };
    var checkPath = (path4, originalPath, doThrow) => {
      if (!isString(path4)) {
        return doThrow(
          `path must be a string, but got \`${originalPath}\``,
          TypeError
        );
      }
      if (!path4) {
        return doThrow(`path must not be empty`, TypeError);
      }
      if (checkPath.isNotRelative(path4)) {
        const r = "`path.relative()`d";
        return doThrow(
          `path should be a ${r} string, but got "${originalPath}"`,
          RangeError
        );
      }
      return true;
    };
    var isNotRelative = (path4) => {
      const first = path4.charCodeAt(0);
      if (first === SLASH_CODE) {
        return true;
      }
      if (first !== DOT_CODE) {
        return false;
      }
      if (path4.length === 1) {
        return true;
      }
      const second = path4.charCodeAt(1);
      if (second === SLASH_CODE) {
        return true;
      }
      if (second !== DOT_CODE) {
        return false;
      }
      return path4.length === 2 || path4.charCodeAt(2) === SLASH_CODE;
    };
    checkPath.isNotRelative = isNotRelative;
    checkPath.convert = (p) => p;
    var convertPath = (target) => isString(target) && checkPath.convert(target);
    var Ignore = class {
      constructor({
        ignorecase = true,
        ignoreCase = ignorecase,
        allowRelativePaths = false
      } = {}) {
        define(this, KEY_IGNORE, true);
        this._rules = new RuleManager(ignoreCase);
        this._strictPathCheck = !allowRelativePaths;
        this._initCache();
      }
      _initCache() {
        this._ignoreCache = /* @__PURE__ */ Object.create(null);
        this._testCache = /* @__PURE__ */ Object.create(null);
      }
      add(pattern) {
        if (this._rules.add(pattern)) {
          this._initCache();
        }
        return this;
      }
      // legacy
      addPattern(pattern) {
        return this.add(pattern);
      }
      // @returns {TestResult}
      _test(originalPath, cache, path4) {
        checkPath(
          path4,
          originalPath,
          this._strictPathCheck ? throwError : RETURN_FALSE
        );
        return path4 ? this._t(path4, cache) : {
          ignored: false,
          unignored: false
        };
      }
      checkIgnore(target) {
        const path4 = convertPath(target);
        if (!path4 || path4.charCodeAt(path4.length - 1) !== SLASH_CODE) {
          return this._test(target, this._testCache, path4);
        }
        const dir = this._t(path4, this._testCache);
        if (dir.ignored) {
          return dir;
        }
        const literal = this._rules.testLiteral(path4);
        return literal.ignored || literal.unignored ? literal : dir;
      }
      _t(path4, cache) {
        if (path4 in cache) {
          return cache[path4];
        }
        const parentPath = parentOf(path4);
        const parent = parentPath ? this._t(parentPath, cache) : UNDEFINED;
        return cache[path4] = parent && parent.ignored ? parent : this._rules.test(path4, MODE_IGNORE);
      }
      ignores(path4) {
        return this._test(path4, this._ignoreCache, convertPath(path4)).ignored;
      }
      createFilter() {
        return (path4) => !this.ignores(path4);
      }
      filter(paths) {
        return makeArray(paths).filter(this.createFilter());
      }
      // @returns {TestResult}
      test(path4) {
        return this._test(path4, this._testCache, convertPath(path4));
      }
    };
    var factory = (options) => new Ignore(options);
    var isPathValid = (path4) => checkPath(convertPath(path4), path4, RETURN_FALSE);
    var setupWindows = () => {
      const makePosix = (str) => /^\\\\\?\\/.test(str) || /["<>|\u0000-\u001F]+/u.test(str) ? str : str.replace(/\\/g, "/");
      checkPath.convert = makePosix;
      const REGEX_TEST_WINDOWS_PATH_ABSOLUTE = /^[a-z]:\//i;
      checkPath.isNotRelative = (path4) => REGEX_TEST_WINDOWS_PATH_ABSOLUTE.test(path4) || isNotRelative(path4);
    };
    if (
      // Detect `process` so that it can run in browsers.
      typeof process !== "undefined" && process.platform === "win32"
    ) {
      setupWindows();
    }
    module2.exports = factory;
    factory.default = factory;
    module2.exports.isPathValid = isPathValid;
    define(module2.exports, /* @__PURE__ */ Symbol.for("setupWindows"), setupWindows);
  }
});

// src/wheels/slim-tests.ts
function neededTests(paths, modules, entryPoints) {
  const folders = new Set(modules.flatMap(({ path: path4 }) => folderOf(path4) ?? []));
  if (folders.size === 0) return { isUnused: () => false };
  const texts = new Map(modules.map(({ path: path4, text: text3 }) => [path4, text3]));
  const needed = /* @__PURE__ */ new Set();
  const waiting = [
    { path: "", text: entryPoints },
    // Only pytest loads a conftest.
    ...modules.filter(({ path: path4 }) => !folders.has(folderOf(path4) ?? "") && !/(?:^|\/)conftest\.py$/.test(path4))
  ];
  const need = (path4) => {
    if (needed.has(path4)) return;
    needed.add(path4);
    const text3 = texts.get(path4);
    if (text3 !== void 0) waiting.push({ path: path4, text: text3 });
  };
  const needFolder = (folder, isWanted = () => true) => {
    for (const path4 of paths) if (path4.startsWith(folder) && isWanted(path4)) need(path4);
  };
  for (let module2 = waiting.pop(); module2 !== void 0; module2 = waiting.pop()) {
    const own = folderOf(module2.path);
    if (own !== void 0 && folders.has(own) && LOOKS_FOR_FILES.test(module2.text)) needFolder(own);
    if (own === void 0 && !module2.text.includes("tests")) continue;
    const { path: path4, text: text3 } = { ...module2, text: module2.text.replaceAll(IDLE_LINE, "") };
    for (const reference of referencesOf({ path: path4, text: text3 }, folders)) {
      const found = resolve6(reference, texts);
      if (found === void 0) needFolder(reference.folder);
      else for (const path5 of found) need(path5);
    }
    for (const folder of foldersNamedIn({ path: path4, text: text3 }, folders)) needFolder(folder, (file) => !file.endsWith(".py"));
  }
  return { isUnused: (path4) => folders.has(folderOf(path4) ?? "") && !needed.has(path4) };
}
function resolve6({ folder, module: module2 }, texts) {
  const parts = module2.split(".").filter((part) => part !== "");
  for (let count = parts.length; count > 0; count--) {
    const file = `${folder}${parts.slice(0, count).join("/")}.py`;
    if (!texts.has(file)) continue;
    const packages = Array.from(
      { length: count },
      (_, depth) => [folder, ...parts.slice(0, depth).map((part) => `${part}/`), "__init__.py"].join("")
    );
    return [file, ...packages.filter((path4) => texts.has(path4))];
  }
  return void 0;
}
function referencesOf({ path: path4, text: text3 }, folders) {
  const rest = text3.replaceAll(FROM_IMPORT, "").replaceAll(IMPORT, "");
  const names = [...dottedNames(rest, path4), ...importedNames(text3, path4)];
  return names.flatMap((name) => referenceTo(name, folders) ?? []);
}
function referenceTo(name, folders) {
  const [before, after] = split(name);
  if (before === void 0) return void 0;
  const folder = before.replaceAll(".", "/");
  return folders.has(folder) ? { folder, module: after } : void 0;
}
function split(name) {
  const match = /^((?:\w+\.)*?tests)(?:\.(.*))?$/.exec(name);
  return match === null ? [void 0, ""] : [`${match[1]}/`, match[2] ?? ""];
}
function dottedNames(text3, path4) {
  const names = [];
  for (const { index } of text3.matchAll(/\.tests\b|\btests\.(?=\w)/g)) {
    const before = /[\w.]*$/.exec(text3.slice(Math.max(0, index - 200), index))?.[0] ?? "";
    const after = /^[\w.]*/.exec(text3.slice(index, index + 200))?.[0] ?? "";
    names.push(absolute(`${before}${after}`.replace(/\.+$/, ""), path4));
  }
  return names;
}
function importedNames(text3, path4) {
  const froms = [...text3.matchAll(FROM_IMPORT)].flatMap(([, from = "", names = ""]) => {
    const module2 = absolute(from, path4);
    return namesOf2(names).map(
      (name) => name === "*" ? module2 : [module2, name].filter((part) => part !== "").join(".")
    );
  });
  const imports = [...text3.matchAll(IMPORT)].flatMap(([, names = ""]) => namesOf2(names));
  return [...froms, ...imports].filter((name) => /(?:^|\.)tests(?:\.|$)/.test(name));
}
function namesOf2(list) {
  return list.replaceAll(/#[^\n]*/g, "").replaceAll(/[()\\]/g, " ").split(",").flatMap((each) => /^\s*([\w.*]+)/.exec(each)?.[1] ?? []);
}
function absolute(from, path4) {
  const dots = /^\.*/.exec(from)?.[0].length ?? 0;
  if (dots === 0) return from;
  const packages = path4.split("/").slice(0, -dots);
  return [...packages, from.slice(dots)].filter((part) => part !== "").join(".");
}
function foldersNamedIn({ path: path4, text: text3 }, folders) {
  if (!PATH.test(text3) || !LOOKS_FOR_FILES.test(text3)) return [];
  const own = path4.slice(0, path4.lastIndexOf("/") + 1);
  return [...folders].filter((folder) => folder.startsWith(own) || own.startsWith(folder.slice(0, -"tests/".length)));
}
function folderOf(path4) {
  return FOLDER.exec(path4)?.[0];
}
var FOLDER, LOOKS_FOR_FILES, IDLE_LINE, FROM_IMPORT, IMPORT, PATH;
var init_slim_tests = __esm({
  "src/wheels/slim-tests.ts"() {
    "use strict";
    FOLDER = /^(?:.*?\/)?tests\//;
    LOOKS_FOR_FILES = /\b__file__\b|\b__path__\b|\bresources\b|\bpkgutil\b|\bpkg_resources\b|\bimport_module\b|\b__import__\b|\bimportlib\b/;
    IDLE_LINE = /^[ \t]*(?:#|>>>|\.\.\. ).*$/gm;
    FROM_IMPORT = /^[ \t]*from[ \t]+([.\w]+)[ \t]+import[ \t]*(\((?:[^)#]|#[^\n]*)*\)|(?:[^\n\\;#]|\\\r?\n)*)/gm;
    IMPORT = /^[ \t]*import[ \t]+([^\n#;(]+)/gm;
    PATH = /(['"])(?:[\w.*-]*\/)*tests(?:\/[\w.*/-]*)?\1/;
  }
});

// src/wheels/slim.ts
function slimmed(files, { entryPoints, modules, rules, patterns }) {
  const own = (0, import_ignore.default)({ allowRelativePaths: true }).add(patterns);
  const ruleOf = rules ? findRule(files, [...modules], entryPoints) : () => void 0;
  const removed = [];
  const kept = files.filter(({ path: path4 }) => {
    const { ignored, unignored } = own.test(path4);
    const rule = ignored ? "slim-patterns" : unignored ? void 0 : ruleOf(path4);
    if (rule !== void 0) removed.push({ path: path4, rule });
    return rule === void 0;
  });
  return { kept, removed };
}
function findRule(files, modules, entryPoints) {
  const paths = files.map(({ path: path4 }) => path4);
  const tests = neededTests(paths, modules, entryPoints);
  const used = modules.filter(({ path: path4 }) => !tests.isUnused(path4));
  const distribution = {
    isNamed: onFirstUse(() => namedFiles(used)),
    isTest: tests.isUnused,
    usesDotNet: () => used.some(({ text: text3 }) => /\b(?:clr_loader|pythonnet|import clr)\b/.test(text3)),
    packages: new Set(modules.map(({ path: path4 }) => topOf(path4)))
  };
  return (path4) => {
    if (/^[^/]+\.dist-info\//.test(path4)) return INSTALLATION.test(path4) ? "records of an installation" : void 0;
    return RULES.find((rule) => rule.matches(path4, distribution))?.name;
  };
}
function onFirstUse(make2) {
  let made;
  return (path4) => (made ??= make2())(path4);
}
function namedFiles(modules) {
  const names = /* @__PURE__ */ new Set();
  const extensions = /* @__PURE__ */ new Set();
  for (const { text: text3 } of modules) {
    for (const { index, 0: dotted, 1: extension = "" } of text3.matchAll(LITERAL)) {
      const stem = /[\w.+-]*$/.exec(text3.slice(Math.max(0, index - LONGEST_NAME), index))?.[0] ?? "";
      if (stem === "") extensions.add(extension);
      else names.add(stem + dotted);
    }
    if (text3.includes("attach_stub")) extensions.add("pyi");
  }
  return (path4) => {
    const name = path4.slice(path4.lastIndexOf("/") + 1);
    if (names.has(name)) return true;
    return !isHeader(path4) && extensions.has(name.slice(name.lastIndexOf(".") + 1));
  };
}
function isHeader(path4) {
  return /(?:^|\/)include\/(?:.+\/)?[^/]+\.(?:h|hh|hpp|hxx|inl|pxd)$/.test(path4);
}
function topOf(path4) {
  return path4.slice(0, path4.indexOf("/"));
}
var import_ignore, RULES, INSTALLATION, LITERAL, LONGEST_NAME;
var init_slim = __esm({
  "src/wheels/slim.ts"() {
    "use strict";
    import_ignore = __toESM(require_ignore(), 1);
    init_slim_tests();
    RULES = [
      {
        name: "tests",
        reason: "Tests of a dependency run where it is made. `test` and `testing` are often its public interface: they stay.",
        matches: (path4, { isTest }) => isTest(path4)
      },
      {
        name: "type stubs",
        reason: "Python does not read them; type checkers run elsewhere. lazy_loader does, and says so by `attach_stub`.",
        matches: (path4, { isNamed }) => path4.endsWith(".pyi") && !isNamed(path4)
      },
      {
        name: "C sources",
        reason: "There is no compiler in the runtime. What a generator of code reads (cffi, f2py, Cython) it names.",
        matches: (path4, { isNamed }) => /\.(?:h|hh|hpp|hxx|inl|c|cc|cpp|cxx|pxd|pxi|pyx)$/.test(path4) && !isNamed(path4)
      },
      {
        name: "static libraries",
        reason: "There is no linker in the runtime.",
        matches: (path4, { isNamed }) => /\.(?:a|la)$/.test(path4) && !isNamed(path4)
      },
      {
        name: "files of other systems",
        reason: "Linux loads and runs none of them.",
        matches: (path4, { usesDotNet }) => /\.(?:pyd|dylib)$/.test(path4) || /\.(?:exe|dll|lib)$/.test(path4) && !usesDotNet()
      },
      {
        name: "documentation",
        reason: "Manual pages, and folders of the top level that have no module.",
        matches: (path4, { packages }) => /^share\/(?:doc|man|info)\//.test(path4) || /^docs?\//.test(path4) && !packages.has(topOf(path4))
      },
      {
        name: "caches",
        reason: "They belong to the machine on which the wheel was made; bytecode is compiled anew.",
        matches: (path4) => /(?:^|\/)(?:__pycache__|\.pytest_cache|\.mypy_cache|\.ruff_cache|\.ipynb_checkpoints)\//.test(path4)
      }
    ];
    INSTALLATION = /^[^/]+\.dist-info\/(?:INSTALLER|REQUESTED|direct_url\.json|uv_cache\.json)$/;
    LITERAL = /\.(pyi|h|hh|hpp|hxx|inl|c|cc|cpp|cxx|pxd|pxi|pyx|a|la)(?=['"])/g;
    LONGEST_NAME = 100;
  }
});

// src/artifact/make-slice.ts
async function draftSlice(wheelPath, filename, temporary, options) {
  const wheel = await openWheel(wheelPath, filename);
  try {
    const textsPath = (0, import_node_path21.join)(temporary, `${(0, import_node_crypto9.createHash)("sha256").update(filename).digest("hex")}.texts`);
    const { read, moduleTexts } = await readContents2(wheel, textsPath, options);
    const { kept, leftOut } = slim(wheel, moduleTexts, options);
    const files = wheel.files.filter(({ path: path4 }) => kept.has(path4));
    const compiled = options.bytecode === "none" ? [] : read.modules.filter(({ path: path4 }) => kept.has(path4));
    const modules = sortedByPath(compiled, ({ path: path4 }) => path4);
    const facts = {
      distribution: wheel.name,
      version: wheel.version,
      tags: wheel.tags,
      binaries: read.binaries.filter(({ path: path4 }) => kept.has(path4)),
      namespaces: read.namespaces,
      leftOut
    };
    const units = unitsOf(textsPath, modules);
    return {
      facts,
      units,
      finish: async (bytecode) => {
        const compiled2 = await compressBytecode(units, bytecode, options);
        return (path4) => writeWheelSlice(path4, { wheel, files, facts, read, compiled: compiled2 }, options);
      },
      [Symbol.asyncDispose]: () => wheel[Symbol.asyncDispose]()
    };
  } catch (error) {
    await wheel[Symbol.asyncDispose]();
    throw error;
  }
}
async function readContents2(wheel, textsPath, options) {
  var _stack = [];
  try {
    const texts = __using(_stack, await createTexts(textsPath), true);
    const digests = /* @__PURE__ */ new Map();
    const modules = [];
    const binaries = [];
    const namespaces = [];
    const rewritten = /* @__PURE__ */ new Map();
    const moduleTexts = /* @__PURE__ */ new Map();
    for await (const { file, content } of wheel.contents(wheel.files.filter((file2) => !isLarge(file2)))) {
      const script = file.isScript ? withInterpreter(content, options.pythonMinor) : void 0;
      if (script) rewritten.set(file.path, script);
      digests.set(file.path, digestOf2(script ?? content));
      if (file.path.endsWith(".py") && !file.isScript) {
        modules.push(await texts.add(file.path, content));
        if (options.slim) moduleTexts.set(file.path, content.toString("latin1"));
        if (/(?:^|\/)__init__\.py$/.test(file.path) && isNamespace(content)) namespaces.push(file.path);
      }
      const facts = binaryFacts(content);
      if (facts) binaries.push({ path: file.path, facts });
    }
    for (const file of wheel.files.filter(isLarge)) {
      const { digest, facts } = await readLarge(wheel, file, `${textsPath}.large`);
      digests.set(file.path, digest);
      if (facts) binaries.push({ path: file.path, facts });
    }
    return { read: { digests, modules, binaries, namespaces, rewritten }, moduleTexts };
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    var _promise = __callDispose(_stack, _error, _hasError);
    _promise && await _promise;
  }
}
async function readLarge(wheel, file, path4) {
  const { sha256 } = await wheel.unpack(file, path4);
  const unpacked = await (0, import_promises31.open)(path4);
  try {
    const facts = binaryFacts(bytesOfFile(unpacked.fd, file.entry.unzippedBytes));
    return { digest: sha256.toString("base64url"), facts };
  } finally {
    await unpacked.close();
    await (0, import_promises31.rm)(path4);
  }
}
function isNamespace(content) {
  if (content.length > 4096) return false;
  const text3 = content.toString("latin1");
  return NAMESPACE.test(text3) || text3.replace(/#.*/g, "").trim() === "";
}
function binaryFacts(content) {
  try {
    return readElf(content);
  } catch (error) {
    if (!(error instanceof BrokenElf)) throw error;
    return void 0;
  }
}
function slim(wheel, texts, { slim: slim2, slimPatterns }) {
  if (!slim2 && slimPatterns.length === 0) return { kept: new Set(wheel.files.map(({ path: path4 }) => path4)), leftOut: {} };
  const { kept, removed } = slimmed(
    wheel.files.map(({ path: path4, entry }) => ({ path: path4, size: entry.unzippedBytes })),
    {
      entryPoints: wheel.entryPoints,
      modules: [...texts].map(([path4, text3]) => ({ path: path4, text: text3 })),
      rules: slim2,
      patterns: slimPatterns
    }
  );
  const leftOut = {};
  for (const { rule } of removed) leftOut[rule] = (leftOut[rule] ?? 0) + 1;
  return { kept: new Set(kept.map(({ path: path4 }) => path4)), leftOut };
}
async function compressBytecode(units, bytecode, { pythonMinor, bytecode: kind }) {
  const compiled = [];
  let unit = 0;
  for await (const contents of bytecode) {
    const modules = units[unit++]?.modules ?? [];
    const present2 = modules.flatMap(({ path: path4 }, index) => {
      const content = contents[index];
      return content ? [{ path: bytecodePath(path4, pythonMinor, kind === "alone"), content }] : [];
    });
    const compressed = await inParallel(present2, COMPRESSED_AT_ONCE, async ({ path: path4, content }) => ({
      path: path4,
      compressed: await compress(content)
    }));
    compiled.push(...compressed);
  }
  return compiled;
}
async function writeWheelSlice(path4, { wheel, files, facts, read, compiled }, { bytecode, pythonMinor }) {
  const compiledModules = new Set(compiled.map(({ path: path5 }) => path5));
  const isDropped = ({ path: path5 }) => bytecode === "alone" && path5.endsWith(".py") && compiledModules.has(bytecodePath(path5, pythonMinor, true));
  const shipped = files.filter((file) => !isDropped(file));
  const shippedPaths = new Set(shipped.map((file) => file.path));
  const digests = new Map(read.digests);
  const made = /* @__PURE__ */ new Map();
  const add = async (path5, mode, content) => {
    made.set(path5, { mode, compressed: await compress(content) });
  };
  for await (const { file, content } of wheel.contents(shipped.filter((file2) => !isDeflated(file2) && !isLarge(file2))))
    await add(file.path, file.mode, content);
  for (const [scriptPath, content] of read.rewritten)
    if (shippedPaths.has(scriptPath)) await add(scriptPath, 493, content);
  for (const { name, content } of entryPointScripts(wheel.entryPoints, pythonMinor)) {
    if (shippedPaths.has(`bin/${name}`)) continue;
    digests.set(`bin/${name}`, digestOf2(content));
    await add(`bin/${name}`, 493, content);
  }
  for (const { path: path5, compressed } of compiled) {
    digests.delete(path5);
    made.set(path5, { mode: 420, compressed });
  }
  const copied = shipped.filter((file) => !made.has(file.path));
  const record2 = recordOf(wheel.infoFolder, [...copied.map(sizeOfFile), ...[...made].map(sizeOfMade)], digests);
  await add(`${wheel.infoFolder}/RECORD`, 420, record2);
  const entries = [...copied.map(copiedEntry), ...[...made].map(madeEntry)];
  const byEntryPath = new Map(entries.map((entry) => [entry.path, entry]));
  const entryOf2 = (path5) => {
    const entry = byEntryPath.get(path5);
    if (!entry) throw new Error(`${path5} has no entry`);
    return entry;
  };
  await writeSlice(path4, facts, entries, async (write) => {
    for (const [path5, { compressed }] of made) await write(entryOf2(path5), compressed.bytes);
    const held = copied.filter((file) => !isLarge(file));
    for await (const [file, compressed] of wheel.compressed(held)) await write(entryOf2(file.path), compressed);
    for (const file of copied.filter(isLarge)) await write(entryOf2(file.path), await wheel.place(file));
  });
}
function copiedEntry({ path: path4, mode, entry }) {
  const { method, crc, zippedBytes, unzippedBytes } = entry;
  return { path: path4, mode, method, crc, zippedBytes, unzippedBytes };
}
function madeEntry([path4, { mode, compressed }]) {
  const { method, crc, zippedBytes, unzippedBytes } = compressed;
  return { path: path4, mode, method, crc, zippedBytes, unzippedBytes };
}
function recordOf(infoFolder, sizes, digests) {
  const lines2 = sortedByPath(sizes, ({ path: path4 }) => path4).map(({ path: path4, bytes }) => {
    const digest = digests.get(path4);
    const name = /[",\n]/.test(path4) ? `"${path4.replaceAll('"', '""')}"` : path4;
    return digest === void 0 ? `${name},,
` : `${name},sha256=${digest},${bytes}
`;
  });
  return Buffer.from(`${lines2.join("")}${infoFolder}/RECORD,,
`);
}
function digestOf2(content) {
  return (0, import_node_crypto9.createHash)("sha256").update(content).digest("base64url");
}
var import_node_crypto9, import_promises31, import_node_path21, NAMESPACE, COMPRESSED_AT_ONCE, sizeOfFile, sizeOfMade;
var init_make_slice = __esm({
  "src/artifact/make-slice.ts"() {
    "use strict";
    import_node_crypto9 = require("node:crypto");
    import_promises31 = require("node:fs/promises");
    import_node_path21 = require("node:path");
    init_elf();
    init_file_bytes();
    init_paths();
    init_read_wheel();
    init_scripts();
    init_slim();
    init_compile();
    init_parallel();
    init_slice();
    NAMESPACE = /\b(?:extend_path|declare_namespace)\b/;
    COMPRESSED_AT_ONCE = 8;
    sizeOfFile = ({ path: path4, entry }) => ({ path: path4, bytes: entry.unzippedBytes });
    sizeOfMade = ([path4, { compressed }]) => ({
      path: path4,
      bytes: compressed.unzippedBytes
    });
  }
});

// src/artifact/dependency-slices.ts
async function dependencySlices({ pins, pipOptions }, options, collaborators) {
  const indexes = await otherIndexes(pipOptions, collaborators.environment);
  const recipe = await recipeOf(options, collaborators);
  const found = { slices: /* @__PURE__ */ new Map(), made: /* @__PURE__ */ new Set(), findings: [] };
  const context = { pipOptions, options, collaborators, indexes, recipe, ...found };
  const { slices, made } = context;
  const wheelless = [];
  try {
    const published = pins.filter(({ name, source: source2 }) => source2.kind === "index" && !isToBeBuilt(name, pipOptions));
    const toBuild = new Set(pins.filter((pin2) => !published.includes(pin2)));
    await inParallel(published, RECORDS_AT_ONCE, async (pin2) => {
      if (await findPublished(pin2, context) === "none") toBuild.add(pin2);
    });
    const missing2 = published.filter((pin2) => !slices.has(pin2) && !toBuild.has(pin2));
    if (missing2.length > 0) collaborators.report.progress(`bringing ${missing2.length} of ${pins.length} distributions`);
    const located2 = await locate(missing2, context);
    await inParallel(halves(missing2, located2), 2, async (half) => {
      wheelless.push(...await sliceDownloads(half, located2, context));
    });
    for (const pin2 of wheelless) toBuild.add(pin2);
    await sliceBuilt(
      pins.filter((pin2) => toBuild.has(pin2)),
      context
    );
    for (const pin2 of wheelless) await remember(pin2, "none", context);
    reportFindings(context.findings, collaborators.report);
    return { slices: pins.map((pin2) => present(slices.get(pin2), pin2.name)), made: made.size };
  } catch (error) {
    for (const slice of slices.values()) await slice[Symbol.asyncDispose]();
    throw error;
  }
}
async function findPublished(pin2, context) {
  const { store } = context.collaborators;
  const selection = await readRecord(store, "selections", selectionKey(pin2, context));
  if (selection === void 0 || selection === "none") return selection;
  const slice = await findSlice(sliceKey(selection, context), store);
  if (slice) context.slices.set(pin2, slice);
  return selection;
}
async function locate(pins, { pipOptions, collaborators: { toolchain, temporary, environment } }) {
  if (pins.length === 0 || isWithoutIndex(environment)) return /* @__PURE__ */ new Map();
  return await locateWheels(pins, { builder: await toolchain.open(), pipOptions, temporary });
}
function halves(pins, located2) {
  if (pins.length < 4) return pins.length === 0 ? [] : [pins];
  const parts = [0, 1].map(() => ({ bytes: 0, pins: [] }));
  const sizeOf2 = (pin2) => located2.get(pin2)?.bytes ?? 1;
  for (const pin2 of pins.toSorted((a, b) => sizeOf2(b) - sizeOf2(a))) {
    const [smallest] = parts.toSorted((a, b) => a.bytes - b.bytes);
    smallest?.pins.push(pin2);
    if (smallest) smallest.bytes += sizeOf2(pin2);
  }
  return parts.map((part) => part.pins);
}
async function sliceDownloads(pins, located2, context) {
  const { pipOptions, collaborators } = context;
  const { toolchain, temporary } = collaborators;
  const builder = await toolchain.open();
  const { wheels, wheelless } = await downloadWheels(pins, { builder, pipOptions, temporary, located: located2 });
  const brought = pins.filter((pin2) => !wheelless.includes(pin2));
  const work = await inParallel(brought, RECORDS_AT_ONCE, async (pin2) => {
    const { filename, path: path4 } = present(wheels.get(pin2.name), pin2.name);
    const chosen = { filename, sha256: (await sha256Of(path4)).toString("hex") };
    await remember(pin2, chosen, context);
    return { pin: pin2, path: path4, chosen };
  });
  await makeSlices(work, context);
  for (const { path: path4 } of work) await (0, import_promises32.rm)(path4, { force: true });
  return wheelless;
}
function remember(pin2, selection, context) {
  const { store } = context.collaborators;
  return writeRecord(store, "selections", selectionKey(pin2, context), selection, secrecy(pin2, context));
}
async function sliceBuilt(pins, context) {
  if (pins.length === 0) return;
  const wheels = await context.options.buildWheels(pins);
  const work = [];
  for (const pin2 of pins) {
    const { filename, path: path4 } = present(wheels.get(pin2.name), pin2.name);
    work.push({ pin: pin2, path: path4, chosen: { filename, sha256: (await sha256Of(path4)).toString("hex") } });
  }
  await makeSlices(work, context);
}
function selectionKey({ name, version, hashes, source: source2 }, { pipOptions, indexes, collaborators }) {
  const { pythonMinor, architecture, glibc } = collaborators.toolchain.target;
  const where = [pipOptions.map(withoutCredentials), indexes];
  return keyOf("selection", 2, name, version, hashes.toSorted(), source2, where, pythonMinor, architecture, glibc);
}
function sliceKey({ filename, sha256 }, { options, recipe, collaborators }) {
  const { pythonMinor, bytecode, slim: slim2, slimPatterns, strip, compressor } = options;
  const { pythonVersion, target } = collaborators.toolchain;
  const compiler = bytecode === "none" ? "" : pythonVersion;
  const { architecture, glibc } = target;
  const kind = [pythonMinor, compiler, architecture, glibc, bytecode, slim2, slimPatterns, strip, compressor, recipe];
  return keyOf("slice", SLICE_FORMAT, filename, sha256, ...kind);
}
async function recipeOf({ bytecode, strip }, { toolchain, toolsFolder }) {
  return [
    bytecode === "none" ? "" : await compilerDigest(toolsFolder),
    ...strip ? [await stripperDigest(toolsFolder), toolchain.identity] : []
  ];
}
async function findSlice(key, store) {
  const path4 = await store.find("slices", key);
  return path4 === void 0 ? void 0 : await openSlice(path4);
}
async function makeSlices(work, context) {
  const { options, collaborators, slices } = context;
  const missing2 = [];
  for (const item of work) {
    const key = sliceKey(item.chosen, context);
    const kept = await findSlice(key, collaborators.store);
    if (kept) slices.set(item.pin, kept);
    else missing2.push({ ...item, key });
  }
  const wheels = missing2.map(({ path: path4, chosen: { filename } }) => ({ path: path4, filename }));
  const stripped = options.strip ? await stripWheels(wheels, collaborators) : /* @__PURE__ */ new Map();
  const inOrder = missing2.toSorted((a, b) => wheelBytes(b) - wheelBytes(a));
  const underWay = /* @__PURE__ */ new Set();
  const failures = [];
  const finish = async (batch2) => {
    if (underWay.size >= BATCHES_AT_ONCE) await Promise.race(underWay);
    const finishing = finishBatch(batch2, context).catch((error) => {
      failures.push(error);
    }).finally(() => {
      underWay.delete(finishing);
    });
    underWay.add(finishing);
  };
  let batch = [];
  try {
    for (const { pin: pin2, path: original, chosen, key } of inOrder) {
      if (failures.length > 0) break;
      const path4 = stripped.get(chosen.filename) ?? original;
      batch.push({ pin: pin2, key, draft: await draftSlice(path4, chosen.filename, collaborators.temporary, options) });
      if (bytesOf(batch) < BATCH_BYTES2) continue;
      await finish(batch);
      batch = [];
    }
    await finish(batch);
    batch = [];
  } finally {
    await Promise.all(underWay);
    for (const { draft } of batch) await draft[Symbol.asyncDispose]();
  }
  if (failures.length > 0) throw failures[0];
}
function wheelBytes({ path: path4 }) {
  return (0, import_node_fs12.statSync)(path4).size;
}
function bytesOf(batch) {
  const modules = batch.flatMap(({ draft }) => draft.units.flatMap((unit) => unit.modules));
  return modules.reduce((sum3, { bytes }) => sum3 + bytes, 0);
}
async function finishBatch(batch, context) {
  const { collaborators, slices, made, findings: findings2 } = context;
  const { store, toolchain, temporary, toolsFolder } = collaborators;
  const { target } = toolchain;
  try {
    const right = batch.filter(({ draft: { facts } }) => {
      const found = verifyBinaries(facts.binaries, target, verified(facts));
      findings2.push(...found);
      return !found.some(({ severity }) => severity === "error");
    });
    const bytecode = compileUnits(
      right.flatMap(({ draft }) => draft.units),
      { toolchain, temporary, toolsFolder }
    );
    try {
      for (const { pin: pin2, key, draft } of right) {
        const write = await draft.finish(taken(bytecode, draft.units.length));
        const path4 = await store.keep("slices", key, write, secrecy(pin2, context));
        slices.set(pin2, present(await openSlice(path4), path4));
        made.add(pin2);
      }
    } finally {
      await bytecode.return(void 0);
    }
  } finally {
    for (const { draft } of batch) await draft[Symbol.asyncDispose]();
  }
}
function secrecy(pin2, { indexes }) {
  return { isPrivate: indexes.length > 0 || !isPublicPin(pin2) };
}
function verified({ distribution, version, tags }) {
  return { name: distribution, version, tags };
}
async function* taken(values, count) {
  for (let index = 0; index < count; index++) {
    const next = await values.next();
    if (next.done === true) return;
    yield next.value;
  }
}
function present(value, name) {
  if (value === void 0) throw new Error(`${name} is not there`);
  return value;
}
var import_node_fs12, import_promises32, RECORDS_AT_ONCE, BATCH_BYTES2, BATCHES_AT_ONCE;
var init_dependency_slices = __esm({
  "src/artifact/dependency-slices.ts"() {
    "use strict";
    import_node_fs12 = require("node:fs");
    import_promises32 = require("node:fs/promises");
    init_credentials();
    init_public_index();
    init_hash();
    init_records();
    init_download();
    init_findings();
    init_locate();
    init_strip();
    init_verify();
    init_compile();
    init_make_slice();
    init_parallel();
    init_slice();
    RECORDS_AT_ONCE = 8;
    BATCH_BYTES2 = 2 << 20;
    BATCHES_AT_ONCE = 2;
  }
});

// src/artifact/merge.ts
function mergeSlices(application, dependencies) {
  const own = new Map(application.entries.map((entry) => [entry.path, { slice: application, entry }]));
  const owners = /* @__PURE__ */ new Map();
  for (const slice of dependencies) {
    for (const entry of slice.entries) {
      const pick = { slice, entry };
      const others = owners.get(entry.path);
      if (others) others.push(pick);
      else owners.set(entry.path, [pick]);
    }
  }
  const replaced = [];
  const conflicts = [];
  const picks = [...own.values()];
  for (const [path4, candidates] of owners) {
    const source2 = sourceOf2(path4);
    if (own.has(path4) || source2 !== void 0 && own.has(source2)) {
      const taken2 = own.get(path4);
      if (taken2 && path4 !== COMPATIBLE_NAME && source2 === void 0 && !areSame([taken2, ...candidates]))
        replaced.push({ path: path4, distribution: candidates.map(({ slice }) => slice.facts.distribution).join(", ") });
      continue;
    }
    const chosen = winner(source2 === void 0 ? candidates : candidatesFor(source2, candidates, owners));
    if (chosen) picks.push(chosen);
    if (candidates.length > 1 && source2 === void 0 && !areSame(candidates) && !isNamespace2(path4, candidates)) {
      const distributions = candidates.map(({ slice }) => slice.facts.distribution);
      conflicts.push({ path: path4, distributions, isCode: CODE.test(path4) });
    }
  }
  const sorted = sortedByPath(picks, ({ entry }) => entry.path);
  refuseFileAndFolder(sorted);
  return {
    picks: sorted,
    replaced: sortedByPath(replaced, ({ path: path4 }) => path4),
    conflicts: sortedByPath(conflicts, ({ path: path4 }) => path4)
  };
}
function refuseFileAndFolder(picks) {
  const path4 = fileAndFolder(picks.map(({ entry }) => entry.path));
  if (path4 === void 0) return;
  const ownerOf = (pick) => pick?.slice.facts.distribution || "the project";
  const file = ownerOf(picks.find(({ entry }) => entry.path === path4));
  const folder = ownerOf(picks.find(({ entry }) => entry.path.startsWith(`${path4}/`)));
  throw new UserError({
    title: `${path4} is a file of ${file} and a folder of ${folder}`,
    hint: "Only one of them can be in an artifact: rename the file or the folder of the project, or remove one of the requirements."
  });
}
function winner(candidates) {
  return candidates.at(-1);
}
function candidatesFor(source2, candidates, owners) {
  const module2 = winner(owners.get(source2) ?? []);
  return module2 ? candidates.filter(({ slice }) => slice === module2.slice) : candidates;
}
function areSame(candidates) {
  const [first, ...others] = candidates;
  return others.every(
    ({ entry }) => entry.crc === first?.entry.crc && entry.unzippedBytes === first.entry.unzippedBytes
  );
}
function isNamespace2(path4, candidates) {
  const module2 = path4.replace(/\.pyc$/, ".py");
  return candidates.every(({ slice }) => slice.facts.namespaces.includes(module2));
}
function sourceOf2(path4) {
  return path4.endsWith(".pyc") && BYTECODE.test(path4) ? path4.replace(BYTECODE, "$1$2.py") : void 0;
}
function conflictProblem(conflicts) {
  const code = conflicts.filter(({ isCode }) => isCode);
  if (code.length === 0) return void 0;
  const names = [...new Set(code.flatMap(({ distributions }) => distributions))];
  return {
    title: `${names.join(" and ")} have different files at the same path`,
    detail: code.slice(0, 10).map(({ path: path4, distributions }) => `${path4} (${distributions.join(", ")})`).join("\n"),
    hint: "Only one of them can be installed: remove the other from the requirements. To take the later one all the same: on-conflict: warn."
  };
}
var COMPATIBLE_NAME, CODE, BYTECODE;
var init_merge = __esm({
  "src/artifact/merge.ts"() {
    "use strict";
    init_errors();
    init_paths();
    init_read_wheel();
    COMPATIBLE_NAME = "serverless_wsgi.py";
    CODE = /\.(?:pyc?|so(?:\.\d+)*)$/;
    BYTECODE = /(^|\/)__pycache__\/([^/]+)\.cpython-\d+\.pyc$/;
  }
});

// src/artifact/outputs.ts
function layerPathOf(output) {
  return output.replace(/(?:\.zip)?$/, ".layer.zip");
}
var init_outputs = __esm({
  "src/artifact/outputs.ts"() {
    "use strict";
  }
});

// src/artifact/application.ts
async function applicationEntries(project, { exclude, include, output }) {
  const root = await (0, import_promises33.realpath)(project);
  const always = { folder: root, patterns: asGit().add([...NEVER, ...exclude]) };
  const inherited = (await ignoreFilesAbove(root)).map((file) => withFolder(root, file));
  const outputs = await Promise.all([output, layerPathOf(output)].map((path4) => (0, import_promises33.realpath)(path4).catch(() => path4)));
  const included = asGit().add([...include]);
  const entries = [];
  const walk = async (folder, path4, gitignores, ancestors, isLeftOut) => {
    const here = [...gitignores, ...await ignoreFileIn(folder)];
    for (const child2 of await (0, import_promises33.readdir)(folder, { withFileTypes: true })) {
      const absolute2 = (0, import_node_path22.join)(folder, child2.name);
      const kind = await kindOf(absolute2, child2);
      if (kind === "other" || outputs.includes(absolute2)) continue;
      if (isIgnored(absolute2, kind, [always])) continue;
      const isHidden = isLeftOut || isIgnored(absolute2, kind, here);
      if (isHidden && (include.length === 0 || kind === "file" && !included.ignores(pathBelow(root, absolute2))))
        continue;
      if (child2.isSymbolicLink()) await refuseLinkOutside(root, absolute2);
      const childPath = path4 === "" ? child2.name : `${path4}/${child2.name}`;
      if (kind === "file") {
        const { mode } = await (0, import_promises33.stat)(absolute2);
        entries.push({ path: childPath, mode: mode & 64 ? 493 : 420, content: { file: absolute2 } });
        continue;
      }
      const real = await (0, import_promises33.realpath)(absolute2);
      if (ancestors.includes(real) || await isVirtualEnvironment(absolute2)) continue;
      const kept = here.map((file) => withFolder(absolute2, file));
      await walk(absolute2, childPath, kept, [...ancestors, real], isHidden);
    }
  };
  await walk(root, "", inherited, [root], false);
  return entries;
}
function underVendor(entries, vendor) {
  if (vendor === void 0) return [...entries];
  const folder = `${import_node_path22.posix.normalize(vendor.replaceAll("\\", "/")).replace(/\/$/, "")}/`;
  const own = entries.filter(({ path: path4 }) => !path4.startsWith(folder));
  if (own.length === entries.length) {
    throw new UserError(
      {
        title: `vendor: ${vendor} has no files in the project`,
        hint: "Name a folder below the project; what git ignores is taken only where include names it."
      },
      { exitCode: 2 }
    );
  }
  const paths = new Set(own.map(({ path: path4 }) => path4));
  const laid = entries.filter(({ path: path4 }) => path4.startsWith(folder)).map((entry) => ({ ...entry, path: entry.path.slice(folder.length) }));
  return [...own, ...laid.filter(({ path: path4 }) => !paths.has(path4))];
}
async function ignoreFilesAbove(project) {
  const above = [];
  for (let folder = project; ; folder = (0, import_node_path22.dirname)(folder)) {
    if (folder !== project) above.unshift(...await ignoreFileIn(folder));
    if (await exists2((0, import_node_path22.join)(folder, ".git"))) return above;
    if ((0, import_node_path22.dirname)(folder) === folder) return [];
  }
}
async function ignoreFileIn(folder) {
  const text3 = await (0, import_promises33.readFile)((0, import_node_path22.join)(folder, ".gitignore"), "utf8").catch(() => void 0);
  return text3 === void 0 ? [] : [{ folder, patterns: asGit().add(text3) }];
}
function asGit() {
  return (0, import_ignore2.default)({ ignorecase: false });
}
function isIgnored(absolute2, kind, files) {
  let ignored = false;
  for (const { folder, patterns } of files) {
    const path4 = pathBelow(folder, absolute2);
    const verdict = patterns.test(kind === "folder" ? `${path4}/` : path4);
    ignored = verdict.ignored || ignored && !verdict.unignored;
  }
  return ignored;
}
function withFolder(absolute2, file) {
  let { patterns } = file;
  let path4 = "";
  for (const name of pathBelow(file.folder, absolute2).split("/")) {
    path4 += `/${name}`;
    if (!patterns.test(`${path4.slice(1)}/`).ignored) continue;
    patterns = asGit().add(patterns).add(`!${path4.replace(/[\\*?[\]]/g, "\\$&")}/`);
  }
  return { folder: file.folder, patterns };
}
function pathBelow(folder, absolute2) {
  return (0, import_node_path22.relative)(folder, absolute2).split(import_node_path22.sep).join("/");
}
async function kindOf(absolute2, child2) {
  const found = child2.isSymbolicLink() ? await (0, import_promises33.stat)(absolute2).catch(() => void 0) : child2;
  if (found === void 0 || found.isFile()) return "file";
  return found.isDirectory() ? "folder" : "other";
}
async function refuseLinkOutside(root, absolute2) {
  const real = await (0, import_promises33.realpath)(absolute2).catch(() => void 0);
  if (real === root || real?.startsWith(root + import_node_path22.sep)) return;
  throw new UserError({
    title: `${(0, import_node_path22.relative)(root, absolute2)} is a link that leads ${real === void 0 ? "nowhere" : "out of the project"}`,
    detail: real && `It leads to ${real}.`,
    hint: "Copy the file into the project, or leave the link out with exclude."
  });
}
async function isVirtualEnvironment(folder) {
  return await exists2((0, import_node_path22.join)(folder, "pyvenv.cfg"));
}
async function exists2(path4) {
  return await (0, import_promises33.stat)(path4).catch(() => void 0) !== void 0;
}
var import_promises33, import_node_path22, import_ignore2, NEVER;
var init_application = __esm({
  "src/artifact/application.ts"() {
    "use strict";
    import_promises33 = require("node:fs/promises");
    import_node_path22 = require("node:path");
    import_ignore2 = __toESM(require_ignore(), 1);
    init_errors();
    init_outputs();
    NEVER = [
      [".git", ".gitignore", ".gitattributes", ".gitmodules", ".hg", ".svn", ".github"],
      [".env", ".env.*", "*.env", ".envrc"],
      // What tools sign in with; google-github-actions/auth writes its file into the workspace.
      [".aws", ".ssh", ".netrc", ".pypirc", "gha-creds-*.json"],
      ["__pycache__", "*.py[cod]", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".tox", ".nox", ".coverage", "htmlcov"],
      ["node_modules", ".idea", ".vscode", ".DS_Store", ".python-version"],
      [".wsgi-lambda", ".aws-sam", ".serverless", ".chalice"]
    ].flat();
  }
});

// src/platform/target.ts
var ARCHITECTURES;
var init_target = __esm({
  "src/platform/target.ts"() {
    "use strict";
    ARCHITECTURES = ["x86_64", "arm64"];
  }
});

// node_modules/leven/index.js
function leven(first, second, options) {
  if (first === second) {
    return 0;
  }
  const maxDistance = options?.maxDistance;
  const swap = first;
  if (first.length > second.length) {
    first = second;
    second = swap;
  }
  let firstLength = first.length;
  let secondLength = second.length;
  while (firstLength > 0 && first.charCodeAt(~-firstLength) === second.charCodeAt(~-secondLength)) {
    firstLength--;
    secondLength--;
  }
  let start = 0;
  while (start < firstLength && first.charCodeAt(start) === second.charCodeAt(start)) {
    start++;
  }
  firstLength -= start;
  secondLength -= start;
  if (maxDistance !== void 0 && secondLength - firstLength > maxDistance) {
    return maxDistance;
  }
  if (firstLength === 0) {
    return maxDistance !== void 0 && secondLength > maxDistance ? maxDistance : secondLength;
  }
  let bCharacterCode;
  let result;
  let temporary;
  let temporary2;
  let index = 0;
  let index2 = 0;
  while (index < firstLength) {
    characterCodeCache[index] = first.charCodeAt(start + index);
    array[index] = ++index;
  }
  while (index2 < secondLength) {
    bCharacterCode = second.charCodeAt(start + index2);
    temporary = index2++;
    result = index2;
    for (index = 0; index < firstLength; index++) {
      temporary2 = bCharacterCode === characterCodeCache[index] ? temporary : temporary + 1;
      temporary = array[index];
      result = array[index] = temporary > result ? temporary2 > result ? result + 1 : temporary2 : temporary2 > temporary ? temporary + 1 : temporary2;
    }
    if (maxDistance !== void 0) {
      let rowMinimum = result;
      for (index = 0; index < firstLength; index++) {
        if (array[index] < rowMinimum) {
          rowMinimum = array[index];
        }
      }
      if (rowMinimum > maxDistance) {
        return maxDistance;
      }
    }
  }
  array.length = firstLength;
  characterCodeCache.length = firstLength;
  return maxDistance !== void 0 && result > maxDistance ? maxDistance : result;
}
function closestMatch(target, candidates, options) {
  if (!Array.isArray(candidates) || candidates.length === 0) {
    return void 0;
  }
  const userMax = options?.maxDistance;
  const targetLength = target.length;
  for (const candidate of candidates) {
    if (candidate === target) {
      return candidate;
    }
  }
  if (userMax === 0) {
    return void 0;
  }
  let best;
  let bestDist = Number.POSITIVE_INFINITY;
  const seen = /* @__PURE__ */ new Set();
  for (const candidate of candidates) {
    if (seen.has(candidate)) {
      continue;
    }
    seen.add(candidate);
    const lengthDiff = Math.abs(candidate.length - targetLength);
    if (lengthDiff >= bestDist) {
      continue;
    }
    if (userMax !== void 0 && lengthDiff > userMax) {
      continue;
    }
    const cap = Number.isFinite(bestDist) ? userMax === void 0 ? bestDist : Math.min(bestDist, userMax) : userMax;
    const distance = cap === void 0 ? leven(target, candidate) : leven(target, candidate, { maxDistance: cap });
    if (userMax !== void 0 && distance > userMax) {
      continue;
    }
    let actualD = distance;
    if (cap !== void 0 && distance === cap && cap === userMax) {
      actualD = leven(target, candidate);
    }
    if (actualD < bestDist) {
      bestDist = actualD;
      best = candidate;
      if (bestDist === 0) {
        break;
      }
    }
  }
  if (userMax !== void 0 && bestDist > userMax) {
    return void 0;
  }
  return best;
}
var array, characterCodeCache;
var init_leven = __esm({
  "node_modules/leven/index.js"() {
    array = [];
    characterCodeCache = [];
  }
});

// src/settings/suggestion.ts
function suggestion(name, known, nameOf4 = String) {
  const near = closestMatch(name, known, { maxDistance: Math.max(2, Math.floor(name.length / 3)) });
  return near === void 0 ? `Known: ${known.join(", ")}.` : `Did you mean ${nameOf4(near)}?`;
}
var init_suggestion = __esm({
  "src/settings/suggestion.ts"() {
    "use strict";
    init_leven();
  }
});

// src/settings/events.ts
function eventMistakes(events2) {
  return Object.entries(events2).flatMap(([key, target]) => {
    const detail = `Given: ${JSON.stringify(key)} = ${JSON.stringify(target)}`;
    const hints = [keyHint(key), targetHint(key, target)];
    return hints.flatMap((hint) => hint === void 0 ? [] : [{ entry: JSON.stringify(key), detail, hint }]);
  });
}
function keyHint(key) {
  const arn = /(?:^|:)arn:[\w-]*:(\w+):.*?([^:/]+)$/.exec(key);
  if (arn) return `A name is never an ARN. Write ${sourceOf3(arn[1] ?? "")}:${arn[2] ?? ""}, or the source alone.`;
  const [, source2 = "", colon = "", name = ""] = /^([^:]*)(:?)([^]*)$/.exec(key) ?? [];
  if (!SOURCES.some((known) => known === source2)) {
    return `A key is SOURCE or SOURCE:NAME, as in sqs:orders. ${suggestion(source2, SOURCES)}`;
  }
  if (source2 === "warmer" && colon !== "") return "warmer has no names: write it alone.";
  if (key === "json:_serverless-wsgi") return "That is the key of remote commands.";
  if (colon !== "" && (name === "" || name !== name.trim())) {
    return `A name stands right behind the colon. For all of them write ${source2} alone.`;
  }
  return void 0;
}
function sourceOf3(service) {
  const others = { events: "schedule", scheduler: "schedule" };
  return others[service] ?? SOURCES.find((known) => known === service) ?? "SOURCE";
}
function targetHint(key, target) {
  if (COMMAND.test(target)) {
    if (!WHOLE_COMMAND.test(target)) return `${ALLOWED_TARGETS} A quote needs its end.`;
    const source2 = key.split(":", 1)[0] ?? "";
    return WAITING.includes(source2) ? `${source2} waits for an answer, which only module:function gives.` : void 0;
  }
  if (FUNCTION.test(target)) return void 0;
  if (FUNCTION.test(target.replace(/\(\)$/, ""))) return `A function is named, not called: ${target.slice(0, -2)}`;
  const dotted = target.replace(/\.(\w+)$/, ":$1");
  if (FUNCTION.test(dotted)) return `A colon stands in front of the function: ${dotted}`;
  if (/^(?:exec|shell|command)(?:\s|$)/.test(target)) return `${ALLOWED_TARGETS} exec and shell are for people.`;
  return /^[a-z][\w-]*(?:\s|$)/.test(target) ? `${ALLOWED_TARGETS} Did you mean manage ${target}?` : ALLOWED_TARGETS;
}
var SOURCES, WAITING, NAME, FUNCTION, COMMAND, WHOLE_COMMAND, ALLOWED_TARGETS;
var init_events = __esm({
  "src/settings/events.ts"() {
    "use strict";
    init_suggestion();
    SOURCES = [
      "schedule",
      "sqs",
      "sns",
      "s3",
      "dynamodb",
      "kinesis",
      "eventbridge",
      "cognito",
      "logs",
      "kafka",
      "mq",
      "websocket",
      "warmer",
      "json"
    ];
    WAITING = ["cognito", "websocket"];
    NAME = "[\\p{L}_][\\p{L}\\p{N}_]*";
    FUNCTION = new RegExp(`^${NAME}(?:\\.${NAME})*:${NAME}(?:\\.${NAME})*$`, "u");
    COMMAND = /^\s*(?:manage|flask)(?:\s|$)/;
    WHOLE_COMMAND = /^\s*\w+\s+(?=\S)(?:[^'"\\]|\\[^]|'[^']*'|"(?:[^"\\]|\\[^])*")*$/;
    ALLOWED_TARGETS = "Allowed: module:function, manage NAME [ARGUMENTS] or flask NAME [ARGUMENTS].";
  }
});

// node_modules/valibot/dist/index.mjs
// @__NO_SIDE_EFFECTS__
function getGlobalConfig(config$1) {
  if (!config$1 && !store$4) return DEFAULT_CONFIG;
  return {
    lang: config$1?.lang ?? store$4?.lang,
    message: config$1?.message,
    abortEarly: config$1?.abortEarly ?? store$4?.abortEarly,
    abortPipeEarly: config$1?.abortPipeEarly ?? store$4?.abortPipeEarly
  };
}
// @__NO_SIDE_EFFECTS__
function getGlobalMessage(lang) {
  return store$3?.get(lang);
}
// @__NO_SIDE_EFFECTS__
function getSchemaMessage(lang) {
  return store$2?.get(lang);
}
// @__NO_SIDE_EFFECTS__
function getSpecificMessage(reference, lang) {
  return store$1?.get(reference)?.get(lang);
}
// @__NO_SIDE_EFFECTS__
function _stringify(input) {
  const type = typeof input;
  if (type === "string") return `"${input}"`;
  if (type === "number" || type === "bigint" || type === "boolean") return `${input}`;
  if (type === "object" || type === "function") return (input && Object.getPrototypeOf(input)?.constructor?.name) ?? "null";
  return type;
}
function _addIssue(context, label, dataset, config$1, other) {
  const input = other && "input" in other ? other.input : dataset.value;
  const expected = other?.expected ?? context.expects ?? null;
  const received = other?.received ?? /* @__PURE__ */ _stringify(input);
  const issue = {
    kind: context.kind,
    type: context.type,
    input,
    expected,
    received,
    message: `Invalid ${label}: ${expected ? `Expected ${expected} but r` : "R"}eceived ${received}`,
    requirement: context.requirement,
    path: other?.path,
    issues: other?.issues,
    lang: config$1.lang,
    abortEarly: config$1.abortEarly,
    abortPipeEarly: config$1.abortPipeEarly
  };
  const isSchema = context.kind === "schema";
  const message$1 = other?.message ?? context.message ?? /* @__PURE__ */ getSpecificMessage(context.reference, issue.lang) ?? (isSchema ? /* @__PURE__ */ getSchemaMessage(issue.lang) : null) ?? config$1.message ?? /* @__PURE__ */ getGlobalMessage(issue.lang);
  if (message$1 !== void 0) issue.message = typeof message$1 === "function" ? message$1(issue) : message$1;
  if (isSchema) dataset.typed = false;
  if (dataset.issues) dataset.issues.push(issue);
  else dataset.issues = [issue];
}
// @__NO_SIDE_EFFECTS__
function _isValidObjectKey(object$1, key) {
  return Object.prototype.hasOwnProperty.call(object$1, key) && key !== "__proto__" && key !== "prototype" && key !== "constructor";
}
// @__NO_SIDE_EFFECTS__
function _joinExpects(values$1, separator) {
  const list = [...new Set(values$1)];
  if (list.length > 1) return `(${list.join(` ${separator} `)})`;
  return list[0] ?? "never";
}
function _standardSchema(schema) {
  schema["~standard"] = {
    version: 1,
    vendor: "valibot",
    validate: (value$1) => schema["~run"]({ value: value$1 }, /* @__PURE__ */ getGlobalConfig())
  };
  return schema;
}
// @__NO_SIDE_EFFECTS__
function check(requirement, message$1) {
  return {
    kind: "validation",
    type: "check",
    reference: check,
    async: false,
    expects: null,
    requirement,
    message: message$1,
    "~run"(dataset, config$1) {
      if (dataset.typed && !this.requirement(dataset.value)) _addIssue(this, "input", dataset, config$1);
      return dataset;
    }
  };
}
// @__NO_SIDE_EFFECTS__
function everyItem(requirement, message$1) {
  return {
    kind: "validation",
    type: "every_item",
    reference: everyItem,
    async: false,
    expects: null,
    requirement,
    message: message$1,
    "~run"(dataset, config$1) {
      if (dataset.typed && !dataset.value.every(this.requirement)) _addIssue(this, "item", dataset, config$1);
      return dataset;
    }
  };
}
// @__NO_SIDE_EFFECTS__
function maxValue(requirement, message$1) {
  return {
    kind: "validation",
    type: "max_value",
    reference: maxValue,
    async: false,
    expects: `<=${requirement instanceof Date ? requirement.toJSON() : /* @__PURE__ */ _stringify(requirement)}`,
    requirement,
    message: message$1,
    "~run"(dataset, config$1) {
      if (dataset.typed && !(dataset.value <= this.requirement)) _addIssue(this, "value", dataset, config$1, { received: dataset.value instanceof Date ? dataset.value.toJSON() : /* @__PURE__ */ _stringify(dataset.value) });
      return dataset;
    }
  };
}
// @__NO_SIDE_EFFECTS__
function minValue(requirement, message$1) {
  return {
    kind: "validation",
    type: "min_value",
    reference: minValue,
    async: false,
    expects: `>=${requirement instanceof Date ? requirement.toJSON() : /* @__PURE__ */ _stringify(requirement)}`,
    requirement,
    message: message$1,
    "~run"(dataset, config$1) {
      if (dataset.typed && !(dataset.value >= this.requirement)) _addIssue(this, "value", dataset, config$1, { received: dataset.value instanceof Date ? dataset.value.toJSON() : /* @__PURE__ */ _stringify(dataset.value) });
      return dataset;
    }
  };
}
// @__NO_SIDE_EFFECTS__
function nonEmpty(message$1) {
  return {
    kind: "validation",
    type: "non_empty",
    reference: nonEmpty,
    async: false,
    expects: "!0",
    message: message$1,
    "~run"(dataset, config$1) {
      if (dataset.typed && dataset.value.length === 0) _addIssue(this, "length", dataset, config$1, { received: "0" });
      return dataset;
    }
  };
}
// @__NO_SIDE_EFFECTS__
function parseJson(config$1, message$1) {
  return {
    kind: "transformation",
    type: "parse_json",
    reference: parseJson,
    config: config$1,
    message: message$1,
    async: false,
    "~run"(dataset, config$2) {
      try {
        dataset.value = JSON.parse(dataset.value, this.config?.reviver);
      } catch (error) {
        if (error instanceof Error) {
          _addIssue(this, "JSON", dataset, config$2, { received: `"${error.message}"` });
          dataset.typed = false;
        } else throw error;
      }
      return dataset;
    }
  };
}
// @__NO_SIDE_EFFECTS__
function regex(requirement, message$1) {
  return {
    kind: "validation",
    type: "regex",
    reference: regex,
    async: false,
    expects: `${requirement}`,
    requirement,
    message: message$1,
    "~run"(dataset, config$1) {
      if (dataset.typed && !this.requirement.test(dataset.value)) _addIssue(this, "format", dataset, config$1);
      return dataset;
    }
  };
}
// @__NO_SIDE_EFFECTS__
function transform(operation) {
  return {
    kind: "transformation",
    type: "transform",
    reference: transform,
    async: false,
    operation,
    "~run"(dataset) {
      dataset.value = this.operation(dataset.value);
      return dataset;
    }
  };
}
// @__NO_SIDE_EFFECTS__
function trim() {
  return {
    kind: "transformation",
    type: "trim",
    reference: trim,
    async: false,
    "~run"(dataset) {
      dataset.value = dataset.value.trim();
      return dataset;
    }
  };
}
// @__NO_SIDE_EFFECTS__
function getFallback(schema, dataset, config$1) {
  return typeof schema.fallback === "function" ? schema.fallback(dataset, config$1) : schema.fallback;
}
// @__NO_SIDE_EFFECTS__
function fallback(schema, fallback$1) {
  return _standardSchema({
    ...schema,
    fallback: fallback$1,
    "~run"(dataset, config$1) {
      const outputDataset = schema["~run"](dataset, config$1);
      return outputDataset.issues ? {
        typed: true,
        value: /* @__PURE__ */ getFallback(this, outputDataset, config$1)
      } : outputDataset;
    }
  });
}
// @__NO_SIDE_EFFECTS__
function getDefault(schema, dataset, config$1) {
  return typeof schema.default === "function" ? schema.default(dataset, config$1) : schema.default;
}
// @__NO_SIDE_EFFECTS__
function array2(item, message$1) {
  return _standardSchema({
    kind: "schema",
    type: "array",
    reference: array2,
    expects: "Array",
    async: false,
    item,
    message: message$1,
    "~run"(dataset, config$1) {
      const input = dataset.value;
      if (Array.isArray(input)) {
        dataset.typed = true;
        dataset.value = [];
        for (let key = 0; key < input.length; key++) {
          const value$1 = input[key];
          const itemDataset = this.item["~run"]({ value: value$1 }, config$1);
          if (itemDataset.issues) {
            const pathItem = {
              type: "array",
              origin: "value",
              input,
              key,
              value: value$1
            };
            for (const issue of itemDataset.issues) {
              if (issue.path) issue.path.unshift(pathItem);
              else issue.path = [pathItem];
              dataset.issues?.push(issue);
            }
            if (!dataset.issues) dataset.issues = itemDataset.issues;
            if (config$1.abortEarly) {
              dataset.typed = false;
              break;
            }
          }
          if (!itemDataset.typed) dataset.typed = false;
          dataset.value.push(itemDataset.value);
        }
      } else _addIssue(this, "type", dataset, config$1);
      return dataset;
    }
  });
}
// @__NO_SIDE_EFFECTS__
function boolean(message$1) {
  return _standardSchema({
    kind: "schema",
    type: "boolean",
    reference: boolean,
    expects: "boolean",
    async: false,
    message: message$1,
    "~run"(dataset, config$1) {
      if (typeof dataset.value === "boolean") dataset.typed = true;
      else _addIssue(this, "type", dataset, config$1);
      return dataset;
    }
  });
}
// @__NO_SIDE_EFFECTS__
function number(message$1) {
  return _standardSchema({
    kind: "schema",
    type: "number",
    reference: number,
    expects: "number",
    async: false,
    message: message$1,
    "~run"(dataset, config$1) {
      if (typeof dataset.value === "number" && !isNaN(dataset.value)) dataset.typed = true;
      else _addIssue(this, "type", dataset, config$1);
      return dataset;
    }
  });
}
// @__NO_SIDE_EFFECTS__
function object(entries$1, message$1) {
  return _standardSchema({
    kind: "schema",
    type: "object",
    reference: object,
    expects: "Object",
    async: false,
    entries: entries$1,
    message: message$1,
    "~run"(dataset, config$1) {
      const input = dataset.value;
      if (input && typeof input === "object") {
        dataset.typed = true;
        dataset.value = {};
        for (const key in this.entries) {
          const valueSchema = this.entries[key];
          if (key in input || (valueSchema.type === "exact_optional" || valueSchema.type === "optional" || valueSchema.type === "nullish") && valueSchema.default !== void 0) {
            const value$1 = key in input ? input[key] : /* @__PURE__ */ getDefault(valueSchema);
            const valueDataset = valueSchema["~run"]({ value: value$1 }, config$1);
            if (valueDataset.issues) {
              const pathItem = {
                type: "object",
                origin: "value",
                input,
                key,
                value: value$1
              };
              for (const issue of valueDataset.issues) {
                if (issue.path) issue.path.unshift(pathItem);
                else issue.path = [pathItem];
                dataset.issues?.push(issue);
              }
              if (!dataset.issues) dataset.issues = valueDataset.issues;
              if (config$1.abortEarly) {
                dataset.typed = false;
                break;
              }
            }
            if (!valueDataset.typed) dataset.typed = false;
            dataset.value[key] = valueDataset.value;
          } else if (valueSchema.fallback !== void 0) dataset.value[key] = /* @__PURE__ */ getFallback(valueSchema);
          else if (valueSchema.type !== "exact_optional" && valueSchema.type !== "optional" && valueSchema.type !== "nullish") {
            _addIssue(this, "key", dataset, config$1, {
              input: void 0,
              expected: `"${key}"`,
              path: [{
                type: "object",
                origin: "key",
                input,
                key,
                value: input[key]
              }]
            });
            if (config$1.abortEarly) break;
          }
        }
      } else _addIssue(this, "type", dataset, config$1);
      return dataset;
    }
  });
}
// @__NO_SIDE_EFFECTS__
function optional(wrapped, default_) {
  return _standardSchema({
    kind: "schema",
    type: "optional",
    reference: optional,
    expects: `(${wrapped.expects} | undefined)`,
    async: false,
    wrapped,
    default: default_,
    "~run"(dataset, config$1) {
      if (dataset.value === void 0) {
        if (this.default !== void 0) dataset.value = /* @__PURE__ */ getDefault(this, dataset, config$1);
        if (dataset.value === void 0) {
          dataset.typed = true;
          return dataset;
        }
      }
      return this.wrapped["~run"](dataset, config$1);
    }
  });
}
// @__NO_SIDE_EFFECTS__
function picklist(options, message$1) {
  return _standardSchema({
    kind: "schema",
    type: "picklist",
    reference: picklist,
    expects: /* @__PURE__ */ _joinExpects(options.map(_stringify), "|"),
    async: false,
    options,
    message: message$1,
    "~run"(dataset, config$1) {
      if (this.options.includes(dataset.value)) dataset.typed = true;
      else _addIssue(this, "type", dataset, config$1);
      return dataset;
    }
  });
}
// @__NO_SIDE_EFFECTS__
function record(key, value$1, message$1) {
  return _standardSchema({
    kind: "schema",
    type: "record",
    reference: record,
    expects: "Object",
    async: false,
    key,
    value: value$1,
    message: message$1,
    "~run"(dataset, config$1) {
      const input = dataset.value;
      if (input && typeof input === "object") {
        dataset.typed = true;
        dataset.value = {};
        for (const entryKey in input) if (/* @__PURE__ */ _isValidObjectKey(input, entryKey)) {
          const entryValue = input[entryKey];
          const keyDataset = this.key["~run"]({ value: entryKey }, config$1);
          if (keyDataset.issues) {
            const pathItem = {
              type: "object",
              origin: "key",
              input,
              key: entryKey,
              value: entryValue
            };
            for (const issue of keyDataset.issues) {
              issue.path = [pathItem];
              dataset.issues?.push(issue);
            }
            if (!dataset.issues) dataset.issues = keyDataset.issues;
            if (config$1.abortEarly) {
              dataset.typed = false;
              break;
            }
          }
          const valueDataset = this.value["~run"]({ value: entryValue }, config$1);
          if (valueDataset.issues) {
            const pathItem = {
              type: "object",
              origin: "value",
              input,
              key: entryKey,
              value: entryValue
            };
            for (const issue of valueDataset.issues) {
              if (issue.path) issue.path.unshift(pathItem);
              else issue.path = [pathItem];
              dataset.issues?.push(issue);
            }
            if (!dataset.issues) dataset.issues = valueDataset.issues;
            if (config$1.abortEarly) {
              dataset.typed = false;
              break;
            }
          }
          if (!keyDataset.typed || !valueDataset.typed) dataset.typed = false;
          if (keyDataset.typed) dataset.value[keyDataset.value] = valueDataset.value;
        }
      } else _addIssue(this, "type", dataset, config$1);
      return dataset;
    }
  });
}
// @__NO_SIDE_EFFECTS__
function string(message$1) {
  return _standardSchema({
    kind: "schema",
    type: "string",
    reference: string,
    expects: "string",
    async: false,
    message: message$1,
    "~run"(dataset, config$1) {
      if (typeof dataset.value === "string") dataset.typed = true;
      else _addIssue(this, "type", dataset, config$1);
      return dataset;
    }
  });
}
// @__NO_SIDE_EFFECTS__
function _subIssues(datasets) {
  let issues;
  if (datasets) for (const dataset of datasets) if (issues) for (const issue of dataset.issues) issues.push(issue);
  else issues = dataset.issues;
  return issues;
}
// @__NO_SIDE_EFFECTS__
function union(options, message$1) {
  return _standardSchema({
    kind: "schema",
    type: "union",
    reference: union,
    expects: /* @__PURE__ */ _joinExpects(options.map((option) => option.expects), "|"),
    async: false,
    options,
    message: message$1,
    "~run"(dataset, config$1) {
      let validDataset;
      let typedDatasets;
      let untypedDatasets;
      for (const schema of this.options) {
        const optionDataset = schema["~run"]({ value: dataset.value }, config$1);
        if (optionDataset.typed) if (optionDataset.issues) if (typedDatasets) typedDatasets.push(optionDataset);
        else typedDatasets = [optionDataset];
        else {
          validDataset = optionDataset;
          break;
        }
        else if (untypedDatasets) untypedDatasets.push(optionDataset);
        else untypedDatasets = [optionDataset];
      }
      if (validDataset) return validDataset;
      if (typedDatasets) {
        if (typedDatasets.length === 1) return typedDatasets[0];
        _addIssue(this, "type", dataset, config$1, { issues: /* @__PURE__ */ _subIssues(typedDatasets) });
        dataset.typed = true;
      } else if (untypedDatasets?.length === 1) return untypedDatasets[0];
      else _addIssue(this, "type", dataset, config$1, { issues: /* @__PURE__ */ _subIssues(untypedDatasets) });
      return dataset;
    }
  });
}
// @__NO_SIDE_EFFECTS__
function unknown() {
  return _standardSchema({
    kind: "schema",
    type: "unknown",
    reference: unknown,
    expects: "unknown",
    async: false,
    "~run"(dataset) {
      dataset.typed = true;
      return dataset;
    }
  });
}
// @__NO_SIDE_EFFECTS__
function pipe(...pipe$1) {
  return _standardSchema({
    ...pipe$1[0],
    pipe: pipe$1,
    "~run"(dataset, config$1) {
      for (const item of pipe$1) if (item.kind !== "metadata") {
        if (dataset.issues && (item.kind === "schema" || item.kind === "transformation")) {
          dataset.typed = false;
          break;
        }
        if (!dataset.issues || !config$1.abortEarly && !config$1.abortPipeEarly) dataset = item["~run"](dataset, config$1);
      }
      return dataset;
    }
  });
}
// @__NO_SIDE_EFFECTS__
function safeParse(schema, input, config$1) {
  const dataset = schema["~run"]({ value: input }, /* @__PURE__ */ getGlobalConfig(config$1));
  return {
    typed: dataset.typed,
    success: !dataset.issues,
    output: dataset.value,
    issues: dataset.issues
  };
}
var store$4, DEFAULT_CONFIG, store$3, store$2, store$1, EMOJI_REGEX;
var init_dist2 = __esm({
  "node_modules/valibot/dist/index.mjs"() {
    DEFAULT_CONFIG = {
      lang: void 0,
      message: void 0,
      abortEarly: void 0,
      abortPipeEarly: void 0
    };
    EMOJI_REGEX = new RegExp("^(?:[\\u{1F1E6}-\\u{1F1FF}]{2}|\\u{1F3F4}[\\u{E0061}-\\u{E007A}]{2}[\\u{E0030}-\\u{E0039}\\u{E0061}-\\u{E007A}]{1,3}\\u{E007F}|(?:\\p{Emoji}\\uFE0F\\u20E3?|\\p{Emoji_Modifier_Base}\\p{Emoji_Modifier}?|(?![\\p{Emoji_Modifier_Base}\\u{1F1E6}-\\u{1F1FF}])\\p{Emoji_Presentation})(?:\\u200D(?:\\p{Emoji}\\uFE0F\\u20E3?|\\p{Emoji_Modifier_Base}\\p{Emoji_Modifier}?|(?![\\p{Emoji_Modifier_Base}\\u{1F1E6}-\\u{1F1FF}])\\p{Emoji_Presentation}))*)+$", "u");
  }
});

// src/settings/kinds.ts
function text({ pattern, ...options }) {
  const schema = pattern ? pipe(words, regex(pattern)) : words;
  return { format: "text", ...options, schema };
}
function oneOf(choices, options) {
  const setting = { ...options, format: choices.join(", "), schema: pipe(words, picklist(choices)) };
  return setting;
}
function wholeNumber(from, to, unit, options) {
  const digits = pipe(words, regex(/^\d+$/), transform(Number), minValue(from), maxValue(to));
  const setting = { ...options, format: `a whole number, ${from} to ${to} (${unit})`, schema: digits };
  return setting;
}
function trueOrFalse(options) {
  const schema = pipe(
    words,
    regex(/^(true|True|TRUE|false|False|FALSE)$/),
    transform((given) => given.toLowerCase() === "true")
  );
  return { ...options, format: "true, false", schema };
}
function lines({ each, ...options }) {
  const fromText = pipe(
    string(),
    transform(
      (given) => given.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"))
    )
  );
  const list = union([fromText, array2(string())]);
  const schema = each ? pipe(
    list,
    everyItem((line) => each.test(line))
  ) : list;
  return { format: "one a line", ...options, schema };
}
function table({ names = /(?:)/, ...options }) {
  const entries = pipe(
    unknown(),
    check((given) => !Array.isArray(given)),
    // as objects they would have the keys 0, 1, …
    record(pipe(string(), regex(names)), pipe(written, transform(String)))
  );
  const fromText = pipe(string(), transform(readTable), entries);
  return { ...options, schema: union([fromText, entries]) };
}
function readTable(given) {
  if (given.trimStart().startsWith("{")) {
    try {
      return JSON.parse(given);
    } catch {
      return void 0;
    }
  }
  const pairs = [];
  for (const line of given.split(/\r?\n/)) {
    if (line.trim() === "" || line.trimStart().startsWith("#")) continue;
    const equals = line.indexOf("=");
    if (equals < 1) return void 0;
    pairs.push([line.slice(0, equals).trim(), line.slice(equals + 1).trim()]);
  }
  return Object.fromEntries(pairs);
}
var written, words;
var init_kinds = __esm({
  "src/settings/kinds.ts"() {
    "use strict";
    init_dist2();
    written = union([string(), number(), boolean()]);
    words = pipe(written, transform(String), trim(), nonEmpty());
  }
});

// src/settings/packaging.ts
function wrongSecretSources(secrets) {
  return Object.entries(secrets).filter(([, source2]) => !/^(?:env|file):./.test(source2)).map(([id]) => ({ entry: id, hint: "Write env:VARIABLE, or file:PATH." }));
}
var NAMES, REQUIREMENT_SETTINGS, SECRET_ID, IMAGE_SETTINGS, CONTENT_SETTINGS, CHECK_SETTINGS, STORE_SETTINGS, UPLOAD_SETTINGS;
var init_packaging = __esm({
  "src/settings/packaging.ts"() {
    "use strict";
    init_kinds();
    NAMES = {
      format: "one name a line",
      // PEP 503 and PEP 735 take the same names.
      each: /^[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?$/
    };
    REQUIREMENT_SETTINGS = {
      requirements: text({
        description: "The manifest to install: a lock, a requirements file or pyproject.toml, relative to the project.",
        format: "a path",
        example: "requirements/production.txt",
        defaultText: "the first of uv.lock, poetry.lock, pdm.lock, pylock.toml, Pipfile.lock, requirements.txt, pyproject.toml",
        placeholder: "FILE"
      }),
      groups: lines({
        ...NAMES,
        description: "Dependency groups to install too. Without it, those for development are left out.",
        example: "production",
        default: [],
        placeholder: "NAMES"
      }),
      "without-groups": lines({
        ...NAMES,
        description: "Dependency groups to leave out that would be installed.",
        example: "docs",
        default: [],
        placeholder: "NAMES"
      }),
      "only-groups": lines({
        ...NAMES,
        description: "Dependency groups to install instead of the project's own dependencies.",
        example: "lambda",
        default: [],
        placeholder: "NAMES"
      }),
      extras: lines({
        ...NAMES,
        description: "The project's optional dependencies to install.",
        example: "postgres",
        default: [],
        placeholder: "NAMES"
      }),
      "pip-args": text({
        description: "More options for resolving and downloading, as for pip: --index-url, --extra-index-url, --find-links, --pre, --no-deps, --no-binary, --only-binary, --constraint, --trusted-host, --prefer-binary.",
        format: "options of pip, split like a shell does",
        example: "--index-url https://pypi.example.org/simple --pre",
        isConfidential: true,
        placeholder: "ARGS"
      }),
      "build-constraints": lines({
        description: "Constraints on what the builds of packages require, for those that have no wheel.",
        format: "one requirement a line",
        example: "setuptools<81",
        default: [],
        placeholder: "REQUIREMENTS"
      }),
      "no-deploy": lines({
        ...NAMES,
        description: "Distributions to leave out of the artifact, whoever asks for them.",
        example: "boto3",
        default: [],
        placeholder: "NAMES"
      }),
      "runtime-sdk": trueOrFalse({
        description: "Leave out boto3 and what it needs, unless another distribution needs them too: the runtime has them, in a version that AWS changes without notice.",
        example: "true",
        default: false
      })
    };
    SECRET_ID = /^[A-Za-z0-9][\w.-]*$/;
    IMAGE_SETTINGS = {
      dockerfile: text({
        description: "A Dockerfile that makes the image of the docker builder, instead of base-image.",
        format: "a path",
        example: "lambda.Dockerfile",
        placeholder: "FILE"
      }),
      "docker-build-args": table({
        description: "Build arguments for the dockerfile.",
        format: "NAME=VALUE, one a line, or a JSON object",
        names: /^[A-Za-z_]\w*$/,
        mistakes: () => [],
        isConfidential: true,
        example: "PROXY=http://proxy.example.org:3128",
        default: {},
        placeholder: "LINES"
      }),
      "docker-env": table({
        description: "Variables for what runs in the container of the docker builder: compilers, pip, uv.",
        format: "NAME=VALUE, one a line, or a JSON object",
        names: /^[A-Za-z_]\w*$/,
        mistakes: () => [],
        isConfidential: true,
        example: "CFLAGS=-O2",
        default: {},
        placeholder: "LINES"
      }),
      "docker-secrets": table({
        description: "Files at /run/secrets/ID while the dockerfile is built and packages are installed; no image or artifact keeps them.",
        format: "ID=env:VARIABLE or ID=file:PATH, one a line, or a JSON object",
        names: SECRET_ID,
        mistakes: wrongSecretSources,
        isConfidential: true,
        example: "netrc=file:~/.netrc",
        default: {},
        placeholder: "LINES"
      }),
      "docker-ssh": trueOrFalse({
        description: "Hand the SSH agent (SSH_AUTH_SOCK) on to git and pip, for repositories that need a key.",
        example: "true",
        default: false
      }),
      "docker-extra-files": lines({
        description: "Files of the builder's image that go into the artifact, at lib/ where they are shared libraries.",
        format: "an absolute path a line, with * and ? in its last part; PATH:TARGET to name where it goes",
        each: /^\/[^:]+(?::[^/:][^:]*)?$/,
        example: "/usr/lib64/libmagic.so.1*",
        default: [],
        placeholder: "PATHS"
      })
    };
    CONTENT_SETTINGS = {
      exclude: lines({
        description: "Files of the project to leave out of the artifact, in the syntax of .gitignore.",
        example: "docs/",
        default: [],
        placeholder: "PATTERNS"
      }),
      include: lines({
        description: "Files of the project to take although .gitignore leaves them out, in its syntax.",
        example: "static/build/",
        default: [],
        placeholder: "PATTERNS"
      }),
      vendor: text({
        description: "A folder of the project that is laid over the dependencies: its files stand at the root.",
        format: "a path",
        example: "vendor",
        placeholder: "DIR"
      }),
      bytecode: oneOf(["all", "dependencies", "only", "none"], {
        description: "What is compiled: all, the dependencies without the application, all without the sources (only), or nothing.",
        example: "only",
        default: "all",
        placeholder: "WHAT"
      }),
      slim: trueOrFalse({
        description: "Leave out what no function uses: tests, type stubs, headers, static libraries, caches.",
        example: "false",
        default: true
      }),
      "slim-patterns": lines({
        description: "More files of dependencies to leave out, in the syntax of .gitignore.",
        example: "**/locale/*/LC_MESSAGES/*.po",
        default: [],
        placeholder: "PATTERNS"
      }),
      strip: trueOrFalse({
        description: "Strip symbols of shared objects, where the application still imports after it (docker builder).",
        example: "true",
        default: false
      }),
      "on-conflict": oneOf(["error", "warn"], {
        description: "When two distributions have different modules or libraries at one path: fail, or take the later one.",
        example: "warn",
        default: "error",
        placeholder: "ACTION"
      }),
      "dependencies-layer": trueOrFalse({
        description: "Put the dependencies into a layer, which is published only when they change.",
        example: "true",
        default: false
      }),
      handler: oneOf(["wsgi", "none"], {
        description: "Whether the runtime is packaged: none packages requirements and files without the runtime, for a plain Lambda function.",
        example: "none",
        default: "wsgi",
        placeholder: "KIND"
      }),
      "pack-requirements": trueOrFalse({
        description: "Whether requirements are packaged: false packages application and runtime alone, for dependencies that come from a layer.",
        example: "false",
        default: true
      })
    };
    CHECK_SETTINGS = {
      check: trueOrFalse({
        description: "Import the application from the finished artifact in the Lambda image, and send it one request (docker builder).",
        example: "false",
        defaultText: "true for deploy and the action, false for build"
      }),
      "check-path": text({
        description: "The path of that request. With it, an answer of 500 or more fails.",
        format: "a path that starts with /",
        pattern: /^\//,
        example: "/health",
        defaultText: "/, where any well-formed answer passes",
        placeholder: "PATH"
      }),
      "check-status": wholeNumber(100, 599, "HTTP status", {
        description: "The status that the answer to that request must have.",
        example: "200",
        placeholder: "STATUS"
      }),
      "check-environment": table({
        description: "Variables for the check alone, over those of environment: stand-ins for secrets.",
        format: "NAME=VALUE, one a line, or a JSON object",
        names: /^[A-Za-z_]\w*$/,
        mistakes: () => [],
        isConfidential: true,
        example: "DATABASE_URL=sqlite://:memory:",
        default: {},
        placeholder: "LINES"
      })
    };
    STORE_SETTINGS = {
      store: text({
        description: "A folder that keeps installed and compressed dependencies between builds.",
        format: "a path",
        example: ".cache/wsgi-lambda",
        defaultText: "a folder of the user's cache",
        placeholder: "DIR"
      }),
      "store-size": wholeNumber(50, 1e6, "MB", {
        description: "How large that folder may grow; what was not used for longest goes first.",
        example: "500",
        default: 2e3,
        placeholder: "MB"
      }),
      "shared-store": text({
        description: "A bucket that many repositories read dependencies from. Only a default branch writes to it.",
        format: "s3://BUCKET or s3://BUCKET/PREFIX",
        pattern: /^s3:\/\/[a-z0-9][a-z0-9.-]+(?:\/[^\s]*)?$/,
        example: "s3://example-builds/wsgi-lambda",
        placeholder: "ADDRESS"
      }),
      "shared-store-write": oneOf(["auto", "true", "false"], {
        description: "Whether this build adds to the shared store: auto does on a push to the default branch of a repository on GitHub.",
        example: "false",
        default: "auto",
        placeholder: "WHETHER"
      }),
      cache: trueOrFalse({
        description: "The action keeps the store in GitHub's cache between runs.",
        example: "false",
        default: true
      }),
      "cache-private": trueOrFalse({
        description: "Keep distributions of private indexes in GitHub's cache too, which everyone who can open a pull request can read.",
        example: "true",
        default: false
      })
    };
    UPLOAD_SETTINGS = {
      "upload-bucket": text({
        description: "An S3 bucket (and prefix) for artifacts that are too large for a direct upload.",
        format: "s3://BUCKET or s3://BUCKET/PREFIX",
        pattern: /^s3:\/\/[a-z0-9][a-z0-9.-]+(?:\/[^\s]*)?$/,
        example: "s3://example-uploads/shop",
        placeholder: "ADDRESS"
      })
    };
  }
});

// src/settings/secrets.ts
function secretMistakes(secrets) {
  return Object.entries(secrets).flatMap(([name, reference]) => {
    if (name === SECRETS_VARIABLE)
      return [{ entry: JSON.stringify(name), hint: "This variable holds the references of all others." }];
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      return [{ entry: JSON.stringify(name), hint: "The name of a variable is letters, digits and _, no digit first." }];
    const filled = reference.replace(PLACEHOLDER, "x");
    return REFERENCE.test(filled) ? [] : [{ entry: name, hint: hintFor(filled) }];
  });
}
function hintFor(reference) {
  if (/^arn:[\w-]+:secretsmanager:(?:[^:#]*:){4}[^:#]+:/.test(reference))
    return "A key of a secret stands behind #, as in arn:…:secret:shop-Ab12Cd#url";
  if (/^(?:ssm|secretsmanager|arn):/.test(reference)) return `Allowed: ${REFERENCES}.`;
  return `Allowed: ${REFERENCES}. A secret itself is never written here: store it, and name where it is.`;
}
var SECRETS_VARIABLE, REFERENCES, PARAMETER, SECRET, REFERENCE, PLACEHOLDER;
var init_secrets = __esm({
  "src/settings/secrets.ts"() {
    "use strict";
    SECRETS_VARIABLE = "WSGI_LAMBDA_SECRETS";
    REFERENCES = "ssm:NAME, secretsmanager:NAME or the ARN of either, with #KEY for one key of a JSON object";
    PARAMETER = "[\\w./-]+(?::[\\w.-]+)?";
    SECRET = "[\\w/+=.@-]+";
    REFERENCE = new RegExp(
      `^(?:${[
        `ssm:${PARAMETER}`,
        `arn:[\\w-]+:ssm:[\\w-]+:\\d{12}:parameter/${PARAMETER}`,
        `secretsmanager:${SECRET}`,
        `arn:[\\w-]+:secretsmanager:[\\w-]+:\\d{12}:secret:${SECRET}`
      ].join("|")})(?:#[^]+)?$`
    );
    PLACEHOLDER = /\{\{\s*[\w-]+\s*\}\}/g;
  }
});

// src/settings/schema.ts
function camelCase(name) {
  return name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
}
var MIME_TYPES, BUILD_SETTINGS, REMOTE_COMMANDS, VARIABLE, SECRETS_IN_ENVIRONMENT, RELEASE_SETTINGS, SETTINGS, SETTING_NAMES, BUILD_SETTING_NAMES;
var init_schema = __esm({
  "src/settings/schema.ts"() {
    "use strict";
    init_runtimes();
    init_target();
    init_events();
    init_kinds();
    init_packaging();
    init_secrets();
    MIME_TYPES = {
      format: "one a line, as type/subtype or type/*",
      // RFC 6838, 4.2; what follows a type in Content-Type (charset) is not compared.
      each: /^[A-Za-z0-9][\w!#$&^.+-]*\/(?:\*|[A-Za-z0-9][\w!#$&^.+-]*)$/
    };
    BUILD_SETTINGS = {
      app: text({
        description: "The WSGI application. Found for Django and Flask projects.",
        format: "module:attribute, module:factory() or dir/module.attribute",
        // `app.py` is a file; as module.attribute it would be the attribute py.
        pattern: /^(?!.*\.py$)(?:[\w./-]+\/)?[A-Za-z_][\w.]*(?::[A-Za-z_]\w*(?:\(\))?|\.[A-Za-z_]\w*)$/,
        example: "mysite.wsgi:application",
        defaultText: "found in the project",
        placeholder: "APP"
      }),
      runtime: oneOf(RUNTIME_NAMES, {
        description: "Lambda's Python. Found in .python-version or requires-python.",
        example: "python3.13",
        defaultText: "found in the project, else python3.13",
        placeholder: "RUNTIME"
      }),
      architecture: oneOf(ARCHITECTURES, {
        description: "The processor that the function runs on.",
        example: "arm64",
        default: "x86_64",
        placeholder: "ARCH"
      }),
      ...REQUIREMENT_SETTINGS,
      builder: oneOf(["auto", "docker", "host"], {
        description: "Where the build runs: docker (a container of the Lambda image), host (this machine, published wheels only), auto (docker where an engine answers).",
        example: "host",
        default: "auto",
        placeholder: "BUILDER"
      }),
      "base-image": text({
        description: "The image that the docker builder starts from. Its Python and glibc must fit the runtime's.",
        format: "an image name",
        example: "amazonlinux:2023",
        defaultText: "AWS's Lambda image of the runtime",
        placeholder: "IMAGE"
      }),
      "system-packages": lines({
        description: "Packages of the image that the docker builder installs first (dnf, microdnf, yum or apt).",
        example: "libpq-devel",
        default: [],
        placeholder: "NAMES"
      }),
      "python-bin": text({
        description: "The interpreter of the host builder; its minor version must be the runtime's.",
        format: "a command or a path",
        example: "/usr/bin/python3.13",
        defaultText: "the runtime's name, as in python3.13",
        placeholder: "COMMAND"
      }),
      "ca-file": text({
        description: "A certificate authority (PEM) that package indexes are checked against, in containers too.",
        format: "a path",
        example: "company-ca.pem",
        defaultText: "SSL_CERT_FILE of the environment",
        placeholder: "FILE"
      }),
      ...IMAGE_SETTINGS,
      ...CONTENT_SETTINGS,
      commands: lines({
        description: "Remote commands that the function accepts: kinds (manage, flask, exec, shell), prefixes (manage migrate) or none.",
        format: "one a line: exec, shell, none, or what starts with manage or flask",
        // The function does not start with any other: runtime/wsgi_lambda/policy.py.
        each: /^(?:(?:manage|flask)(?:\s.*)?|exec|shell|none)$/,
        example: "manage migrate",
        defaultText: "manage and flask, without their shells",
        placeholder: "KINDS"
      }),
      events: table({
        description: "What events that are no HTTP requests are handed to, by who sends them: a function or a command. {{stage}} is filled in.",
        format: "SOURCE=TARGET or SOURCE:NAME=TARGET, one a line, or a JSON object; a target is module:function, manage NAME or flask NAME",
        mistakes: eventMistakes,
        example: "sqs:orders=shop.jobs:take_order",
        default: {},
        placeholder: "LINES"
      }),
      "report-batch-item-failures": trueOrFalse({
        description: "Answer which messages of a queue or stream have failed, so that only those come again. The trigger must ask for it (ReportBatchItemFailures).",
        example: "true",
        default: false
      }),
      "text-mime-types": lines({
        ...MIME_TYPES,
        description: "More content types whose bodies are sent as text even under a Content-Encoding. Without one, valid UTF-8 is text anyway.",
        example: "application/vnd.geo+json",
        default: [],
        placeholder: "TYPES"
      }),
      "binary-mime-types": lines({
        ...MIME_TYPES,
        description: "Content types whose bodies are always sent as base64, also where they are valid UTF-8.",
        example: "image/*",
        default: [],
        placeholder: "TYPES"
      }),
      "non-proxy-integration": trueOrFalse({
        description: "Answer events of API Gateway's integration of the type lambda, which has no proxy. Remote commands of other tools than wsgi-lambda are refused then: a request could pass for one.",
        example: "true",
        default: false
      }),
      streaming: trueOrFalse({
        description: "Send answers through the Function URL as the application makes them, 200 MB at most. Other ways in stay as they are.",
        example: "true",
        default: false
      }),
      "legacy-environ": trueOrFalse({
        description: "Add the keys event, context and API_GATEWAY_AUTHORIZER to the environ, as serverless-wsgi 1.7 had them.",
        example: "true",
        default: false
      }),
      "on-import-error": oneOf(["fail", "serve"], {
        description: "What a function does whose application cannot be imported: fail ends its start with the traceback; serve answers requests with a 500, and still runs remote commands.",
        example: "serve",
        default: "fail",
        placeholder: "ACTION"
      }),
      ...CHECK_SETTINGS,
      ...STORE_SETTINGS,
      output: text({
        description: "Where the zip is written.",
        format: "a path",
        example: "build/app.zip",
        defaultText: ".wsgi-lambda/PROJECT.zip in the project",
        placeholder: "FILE"
      })
    };
    REMOTE_COMMANDS = {
      format: "one a line, each starting with manage, flask, exec or shell",
      each: /^(?:manage|flask|exec|shell|command)(?:\s|$)/
    };
    VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
    SECRETS_IN_ENVIRONMENT = {
      entry: SECRETS_VARIABLE,
      hint: "Write the setting secrets instead: the variable is made of it."
    };
    RELEASE_SETTINGS = {
      "function-name": text({
        description: "The Lambda function. {{stage}} is filled in.",
        format: "1 to 64 letters, digits, - and _",
        pattern: /^(?:[A-Za-z0-9_-]|\{\{\s*stage\s*\}\})+$/,
        example: "shop-production",
        placeholder: "NAME"
      }),
      alias: text({
        description: "The alias that traffic goes to. It moves last.",
        format: "1 to 128 letters, digits, - and _, not digits alone",
        pattern: /^(?!\d+$)[A-Za-z0-9_-]{1,128}$/,
        example: "live",
        default: "live",
        placeholder: "NAME"
      }),
      role: text({
        description: "The execution role. Needed when the function is created; an existing function keeps its own.",
        format: "the ARN of an IAM role",
        pattern: /^arn:aws[a-zA-Z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/,
        example: "arn:aws:iam::123456789012:role/shop",
        placeholder: "ARN"
      }),
      memory: wholeNumber(128, 10240, "MB", {
        description: "Memory of the function; processor time grows with it.",
        example: "1024",
        defaultText: "the function's own, 512 for a new one",
        placeholder: "MB"
      }),
      timeout: wholeNumber(1, 900, "seconds", {
        description: "How long one request or command may take.",
        example: "60",
        defaultText: "the function's own, 30 for a new one",
        placeholder: "SECONDS"
      }),
      environment: table({
        description: "Environment variables of the function. {{stage}} and {{url}} (the address of the Function URL) are filled in.",
        format: "NAME=VALUE, one a line, or a JSON object",
        names: VARIABLE,
        mistakes: (variables) => Object.hasOwn(variables, SECRETS_VARIABLE) ? [SECRETS_IN_ENVIRONMENT] : [],
        isConfidential: true,
        example: "DJANGO_SETTINGS_MODULE=mysite.settings",
        default: {},
        placeholder: "LINES"
      }),
      secrets: table({
        description: "Variables whose values the function reads from Systems Manager or Secrets Manager when it starts. {{stage}} is filled in.",
        format: `VARIABLE=REFERENCE, one a line, or a JSON object; a reference is ${REFERENCES}`,
        mistakes: secretMistakes,
        isConfidential: true,
        example: "DATABASE_URL=secretsmanager:shop/production/database#url",
        default: {},
        placeholder: "LINES"
      }),
      "environment-strategy": oneOf(["merge", "replace"], {
        description: "merge keeps variables that only the function has; replace removes them.",
        example: "replace",
        default: "merge",
        placeholder: "STRATEGY"
      }),
      description: text({
        description: "The description of the function.",
        example: "The shop",
        placeholder: "TEXT"
      }),
      "function-url": oneOf(["public", "iam", "none"], {
        description: "The Function URL on the alias: public, iam (callers sign their requests) or none (it is left alone).",
        example: "iam",
        defaultText: "the function's own, public for a new one",
        placeholder: "ACCESS"
      }),
      migrate: trueOrFalse({
        description: "Short for `manage migrate --noinput` as the first command before traffic moves.",
        example: "true",
        default: false
      }),
      "before-traffic": lines({
        ...REMOTE_COMMANDS,
        description: "Commands that run on the new version before traffic moves, in order; a failing one stops the release.",
        example: "manage migrate --noinput",
        default: [],
        placeholder: "COMMANDS"
      }),
      "after-traffic": lines({
        ...REMOTE_COMMANDS,
        description: "Commands that run on the new version after traffic has moved.",
        example: "manage clearsessions",
        default: [],
        placeholder: "COMMANDS"
      }),
      smoke: trueOrFalse({
        description: "Send one request to the new version before traffic moves; an answer below 500 passes.",
        example: "false",
        default: true
      }),
      "smoke-path": text({
        description: "The path of that request.",
        format: "a path that starts with /",
        pattern: /^\//,
        example: "/health",
        default: "/",
        placeholder: "PATH"
      }),
      "smoke-host": text({
        description: "The Host header of that request.",
        format: "a host name",
        pattern: /^[A-Za-z0-9.-]+(?::\d+)?$/,
        example: "www.example.org",
        defaultText: "the host of the Function URL",
        placeholder: "HOST"
      }),
      "url-origin": text({
        description: "Replaces scheme and host of the Function URL in the request that follows a release, for emulators; {id} stands for the id of the URL.",
        format: "a URL",
        pattern: /^https?:\/\//,
        example: "http://127.0.0.1:4566/_aws/lambda-url/{id}",
        defaultText: "the Function URL itself",
        placeholder: "URL"
      }),
      ...UPLOAD_SETTINGS,
      artifact: text({
        description: "A zip that `build` made: deploy it as it is instead of building.",
        format: "a path",
        example: "build/app.zip",
        placeholder: "FILE"
      }),
      "dry-run": trueOrFalse({
        description: "Print what would be done, and do nothing.",
        example: "true",
        default: false
      })
    };
    SETTINGS = { ...BUILD_SETTINGS, ...RELEASE_SETTINGS };
    SETTING_NAMES = Object.keys(SETTINGS);
    BUILD_SETTING_NAMES = Object.keys(BUILD_SETTINGS);
  }
});

// src/artifact/runtime.ts
async function runtimeEntries(settings, { runtimeFolder, version }) {
  const packaged = await (0, import_promises34.readdir)((0, import_node_path23.join)(runtimeFolder, "wsgi_lambda"), { recursive: true });
  const paths = [
    COMPATIBLE_NAME,
    "wsgi_handler.py",
    ...packaged.map((path4) => `wsgi_lambda/${path4.replaceAll("\\", "/")}`)
  ];
  const modules = paths.filter((path4) => path4.endsWith(".py") && !path4.includes("__pycache__"));
  const configuration = {
    app: settings.app,
    ...runtimeOptions(settings),
    runtime: settings.target.runtime,
    architecture: settings.target.architecture,
    version
  };
  return [
    ...modules.map((path4) => ({ path: path4, mode: 420, content: { file: (0, import_node_path23.join)(runtimeFolder, path4) } })),
    {
      path: CONFIGURATION,
      mode: 420,
      content: { bytes: Buffer.from(`${JSON.stringify(configuration, null, 2)}
`) }
    }
  ];
}
function runtimeOptions(settings) {
  const chosen = RUNTIME_SETTINGS.flatMap((name) => {
    const value = settings[camelCase(name)];
    return (0, import_node_util4.isDeepStrictEqual)(value, SETTINGS[name].default) ? [] : [[name, value]];
  });
  return Object.fromEntries(chosen);
}
function withRuntime(project, runtime, report) {
  const own = new Set(runtime.map(({ path: path4 }) => path4));
  const replaced = project.filter(({ path: path4 }) => own.has(path4));
  if (replaced.length > 0) {
    report.warning({
      title: `${replaced.length} of the project's files are replaced by wsgi-lambda's own`,
      detail: replaced.map(({ path: path4 }) => path4).join("\n"),
      hint: "Rename or remove them."
    });
  }
  return [...project.filter(({ path: path4 }) => !own.has(path4)), ...runtime];
}
var import_promises34, import_node_path23, import_node_util4, RUNTIME_SETTINGS, CONFIGURATION;
var init_runtime = __esm({
  "src/artifact/runtime.ts"() {
    "use strict";
    import_promises34 = require("node:fs/promises");
    import_node_path23 = require("node:path");
    import_node_util4 = require("node:util");
    init_schema();
    init_merge();
    RUNTIME_SETTINGS = [
      "commands",
      "events",
      "report-batch-item-failures",
      "text-mime-types",
      "binary-mime-types",
      "non-proxy-integration",
      "legacy-environ",
      "streaming",
      "on-import-error"
    ];
    CONFIGURATION = "wsgi_lambda.json";
  }
});

// src/artifact/own-files.ts
async function ownFiles(settings, product, { locals, extraFiles }, report) {
  const placed = locals.flatMap(entriesOf);
  const listed = underVendor(await applicationEntries(settings.project, settings), settings.vendor);
  const project = isBelowFolder(settings.app) ? listed : withoutMoved(listed, placed);
  const extras = extraFiles.map(({ path: path4, mode, file }) => ({ path: path4, mode, content: { file } }));
  const own = firstAtEachPath([...project, ...placed, ...extras]);
  return settings.handler === "none" ? own : withRuntime(own, await runtimeEntries(settings, product), report);
}
function entriesOf({ files, metadata }) {
  return [
    ...files.map(({ path: path4, mode, file }) => ({ path: path4, mode, content: { file } })),
    ...metadata.map(({ path: path4, text: text3 }) => ({ path: path4, mode: 420, content: { bytes: Buffer.from(text3) } }))
  ];
}
function isBelowFolder(app) {
  return app.includes("/");
}
function withoutMoved(project, placed) {
  const files = new Set(placed.flatMap(({ content }) => "file" in content ? [content.file] : []));
  return project.filter(({ content }) => !("file" in content) || !files.has(content.file));
}
function firstAtEachPath(entries) {
  const byPath = /* @__PURE__ */ new Map();
  for (const entry of entries) if (!byPath.has(entry.path)) byPath.set(entry.path, entry);
  return [...byPath.values()];
}
var init_own_files = __esm({
  "src/artifact/own-files.ts"() {
    "use strict";
    init_application();
    init_runtime();
  }
});

// src/artifact/zip.ts
async function writeZip(output, picks, place) {
  const temporary = `${output}.${(0, import_node_crypto10.randomUUID)()}.part`;
  await (0, import_promises35.mkdir)((0, import_node_path24.dirname)(output), { recursive: true });
  try {
    const file = await (0, import_promises35.open)(temporary, "wx");
    try {
      const written2 = await (place ? writeMoved(file, picks, place) : writeCopied(file, picks));
      await file.close();
      await (0, import_promises35.rename)(temporary, output);
      return written2;
    } catch (error) {
      await file.close().catch(() => void 0);
      throw error;
    }
  } catch (error) {
    await (0, import_promises35.rm)(temporary, { force: true });
    throw error;
  }
}
function writeCopied(file, picks) {
  const entries = picks.map(({ entry }) => entry);
  return writeRecords(file, entries, async (writer) => {
    for (const run3 of runsOf(picks)) await writer.copy(run3);
  });
}
function writeMoved(file, picks, place) {
  const moved = sortedByPath(
    picks.map((pick) => ({ pick, entry: { ...pick.entry, path: place(pick.entry.path) } })),
    ({ entry }) => entry.path
  );
  const entries = moved.map(({ entry }) => entry);
  return writeRecords(file, entries, async (writer) => {
    for (const { pick, entry } of moved) {
      await writer.write(localHeader(entry));
      await writer.copy(dataOf(pick));
    }
  });
}
async function writeRecords(file, entries, write) {
  const hash = (0, import_node_crypto10.createHash)("sha256");
  const writer = createWriter(file, hash);
  const offsets = [];
  let end = 0;
  for (const entry of entries) {
    offsets.push(end);
    end += localHeader.bytes(entry) + entry.zippedBytes;
  }
  await write(writer);
  await writer.write(centralDirectory(entries, offsets, end));
  const zipBytes = await writer.finish();
  const digest = hash.digest();
  return {
    sha256: digest.toString("hex"),
    codeSha256: digest.toString("base64"),
    zipBytes,
    unzippedBytes: entries.reduce((sum3, { unzippedBytes }) => sum3 + unzippedBytes, 0),
    entries: entries.length
  };
}
function runsOf(picks) {
  const runs = [];
  for (const { slice, entry } of picks) {
    const last = runs.at(-1);
    const end = entry.offset + entry.recordBytes;
    if (last?.file === slice.file && last.end === entry.offset) last.end = end;
    else runs.push({ file: slice.file, start: entry.offset, end });
  }
  return runs;
}
function dataOf({ slice, entry }) {
  const end = entry.offset + entry.recordBytes;
  return { file: slice.file, start: end - entry.zippedBytes, end };
}
function createWriter(file, hash) {
  const buffers = [Buffer.allocUnsafe(CHUNK_BYTES3), Buffer.allocUnsafe(CHUNK_BYTES3)];
  let current = 0;
  let filled = 0;
  let total = 0;
  let writing = Promise.resolve();
  const flush = async () => {
    const bytes = buffers[current === 0 ? 0 : 1].subarray(0, filled);
    await writing;
    writing = writeAll(file, bytes, total);
    writing.catch(() => void 0);
    hash.update(bytes);
    total += filled;
    filled = 0;
    current = 1 - current;
  };
  const room = () => buffers[current === 0 ? 0 : 1].subarray(filled);
  return {
    copy: async ({ file: from, start, end }) => {
      for (let at = start; at < end; ) {
        if (filled === CHUNK_BYTES3) await flush();
        const space = room();
        const length = Math.min(space.length, end - at);
        if ((0, import_node_fs13.readSync)(from.fd, space, 0, length, at) !== length) throw new Error("a slice is shorter than it says");
        filled += length;
        at += length;
      }
    },
    write: async (bytes) => {
      for (let at = 0; at < bytes.length; ) {
        if (filled === CHUNK_BYTES3) await flush();
        const space = room();
        const copied = bytes.copy(space, 0, at);
        filled += copied;
        at += copied;
      }
    },
    finish: async () => {
      await flush();
      await writing;
      return total;
    }
  };
}
var import_node_crypto10, import_node_fs13, import_promises35, import_node_path24, CHUNK_BYTES3;
var init_zip = __esm({
  "src/artifact/zip.ts"() {
    "use strict";
    import_node_crypto10 = require("node:crypto");
    import_node_fs13 = require("node:fs");
    import_promises35 = require("node:fs/promises");
    import_node_path24 = require("node:path");
    init_paths();
    init_write();
    init_zip_records();
    CHUNK_BYTES3 = 4 << 20;
  }
});

// src/artifact/assemble.ts
async function assemble(settings, parts, product, collaborators) {
  const { toolchain, report } = collaborators;
  const temporary = await (0, import_promises36.mkdtemp)((0, import_node_path25.join)((0, import_node_os5.tmpdir)(), "wsgi-lambda-artifact-"));
  const compilation = { temporary, toolsFolder: product.toolsFolder, toolchain };
  const slices = [];
  try {
    const [dependencies, application] = await bothOrNeither(
      settings.packRequirements ? dependencySlices(
        parts,
        { ...sliceOptions(settings), ...product, ...collaborators },
        { ...collaborators, ...compilation }
      ) : Promise.resolve({ slices: [], made: 0 }),
      ownSlice(settings, product, parts, compilation, collaborators)
    );
    slices.push(...dependencies.slices, application);
    const merged = mergeSlices(application, dependencies.slices);
    reportMerge(merged, settings, report);
    reportFindings(missingLibraries2(dependencies.slices, application, settings.target), report);
    const packages = packageSizes(dependencies.slices, merged.picks);
    refuseTooLarge(merged.picks, packages);
    await ignoreOwnFolder(settings);
    const zips = await writeZips(settings, merged.picks, application, collaborators.whole);
    return { ...zips, packages, made: dependencies.made };
  } finally {
    for (const slice of slices) await slice[Symbol.asyncDispose]();
    await (0, import_promises36.rm)(temporary, { recursive: true, force: true });
  }
}
function placeInLayer(path4) {
  return path4.startsWith("lib/") ? path4 : `python/${path4}`;
}
async function writeZips({ output, dependenciesLayer }, picks, application, whole) {
  const write = async (path4, part, place) => ({
    path: path4,
    ...await writeZip(path4, part, place)
  });
  const others = picks.filter(({ slice }) => slice !== application);
  if (!dependenciesLayer || others.length === 0) {
    const artifact2 = await write(output, picks);
    return { artifact: artifact2, whole: artifact2 };
  }
  const own = picks.filter(({ slice }) => slice === application);
  const artifact = await write(output, own);
  const layer = await write(layerPathOf(output), others, placeInLayer);
  return { artifact, layer, whole: whole === void 0 ? artifact : await write(whole, picks) };
}
async function bothOrNeither(dependencies, application) {
  const [first, second] = await Promise.allSettled([dependencies, application]);
  if (first.status === "fulfilled" && second.status === "fulfilled") return [first.value, second.value];
  const opened = [
    ...first.status === "fulfilled" ? first.value.slices : [],
    ...second.status === "fulfilled" ? [second.value] : []
  ];
  for (const slice of opened) await slice[Symbol.asyncDispose]();
  throw first.status === "rejected" ? first.reason : second.reason;
}
function sliceOptions({ bytecode, slim: slim2, slimPatterns, strip, target }) {
  const kind = bytecode === "only" ? "alone" : bytecode === "none" ? "none" : "with-sources";
  return { pythonMinor: target.pythonMinor, bytecode: kind, slim: slim2, slimPatterns, strip };
}
async function ownSlice(settings, product, parts, compilation, { store, report }) {
  const files = await ownFiles(settings, product, parts, report);
  const { pythonMinor, bytecode: dependencies } = sliceOptions(settings);
  const bytecode = settings.bytecode === "dependencies" ? "none" : dependencies;
  const { pythonVersion, target } = compilation.toolchain;
  const key = keyOf(
    ...["application", SLICE_FORMAT, await (0, import_promises36.realpath)(settings.project), target.runtime, target.architecture],
    ...[pythonVersion, bytecode, product.compressor, await compilerDigest(product.toolsFolder)]
  );
  return await applicationSlice(files, { key, pythonMinor, bytecode }, { ...compilation, store });
}
function missingLibraries2(dependencies, application, target) {
  const own = application.entries.map(({ path: path4 }) => path4).filter((path4) => path4.startsWith("lib/"));
  return verifyNeeded(
    dependencies.map(({ facts }) => ({ wheel: verified(facts), binaries: facts.binaries })),
    target,
    own.map((path4) => import_node_path25.posix.basename(path4))
  );
}
function reportMerge({ replaced, conflicts }, { onConflict }, report) {
  if (replaced.length > 0) {
    report.warning({
      title: `${replaced.length} files of dependencies are replaced by the application's own`,
      detail: replaced.slice(0, 10).map(({ path: path4, distribution }) => `${path4} (${distribution})`).join("\n"),
      hint: "Rename them, if that is not what you want."
    });
  }
  const problem = conflictProblem(conflicts);
  if (problem && onConflict === "error") throw new UserError(problem);
  if (problem) report.warning(problem);
  for (const { path: path4, distributions } of conflicts.filter(({ isCode }) => !isCode))
    report.debug(`${path4} is in ${distributions.join(" and ")}: the last one's is taken`);
}
function packageSizes(dependencies, picks) {
  const sizes = new Map(
    dependencies.map((slice) => {
      const { distribution: name, version } = slice.facts;
      return [slice, { name, version, zipBytes: 0, unzippedBytes: 0 }];
    })
  );
  for (const { slice, entry } of picks) {
    const size = sizes.get(slice);
    if (!size) continue;
    size.zipBytes += entry.zippedBytes;
    size.unzippedBytes += entry.unzippedBytes;
  }
  return [...sizes.values()].toSorted((a, b) => a.name < b.name ? -1 : 1);
}
function refuseTooLarge(picks, packages) {
  const unzippedBytes = picks.reduce((sum3, { entry }) => sum3 + entry.unzippedBytes, 0);
  if (unzippedBytes <= LIMITS.unzippedBytes) return;
  const largest2 = packages.toSorted((a, b) => b.unzippedBytes - a.unzippedBytes).slice(0, 10);
  throw new UserError({
    title: `The artifact is too large: ${megabytes(unzippedBytes)} unzipped, and Lambda takes ${megabytes(LIMITS.unzippedBytes)}`,
    detail: largest2.map(({ name, version, unzippedBytes: bytes }) => `${megabytes(bytes).padStart(9)}  ${name} ${version}`).join("\n"),
    hint: "Leave out what the function does not need: a requirement, or files with exclude."
  });
}
async function ignoreOwnFolder({ project, output }) {
  const own = (0, import_node_path25.join)(project, ".wsgi-lambda");
  if ((0, import_node_path25.dirname)(output) !== own) return;
  await (0, import_promises36.mkdir)(own, { recursive: true });
  await (0, import_promises36.writeFile)((0, import_node_path25.join)(own, ".gitignore"), "*\n");
}
var import_promises36, import_node_os5, import_node_path25;
var init_assemble = __esm({
  "src/artifact/assemble.ts"() {
    "use strict";
    import_promises36 = require("node:fs/promises");
    import_node_os5 = require("node:os");
    import_node_path25 = require("node:path");
    init_errors();
    init_limits();
    init_size();
    init_records();
    init_findings();
    init_verify();
    init_application_slice();
    init_compile();
    init_dependency_slices();
    init_merge();
    init_outputs();
    init_own_files();
    init_slice();
    init_zip();
  }
});

// src/settings/address.ts
function needsAddress(environment) {
  return Object.values(environment).some((value) => value.search(ADDRESS) >= 0);
}
function fillAddress(environment, address) {
  const filled = Object.entries(environment).flatMap(([name, value]) => {
    if (value.search(ADDRESS) < 0) return [[name, value]];
    return address === void 0 ? [] : [[name, value.replace(ADDRESS, () => address.replace(/\/$/, ""))]];
  });
  return Object.fromEntries(filled);
}
var ADDRESS;
var init_address = __esm({
  "src/settings/address.ts"() {
    "use strict";
    ADDRESS = /\{\{\s*url\s*\}\}/g;
  }
});

// src/artifact/check-environment.ts
function checkVariables(environment, secrets) {
  const plain = Object.entries(fillAddress(environment, NO_ADDRESS)).filter(([name]) => name !== SECRETS_VARIABLE);
  const standIns = Object.keys(secrets).map((name) => [name, NOT_KNOWN]);
  return Object.fromEntries([...plain, ...standIns]);
}
var NOT_KNOWN, NO_ADDRESS, LAMBDA_VARIABLES, IMAGE_VARIABLES;
var init_check_environment = __esm({
  "src/artifact/check-environment.ts"() {
    "use strict";
    init_address();
    init_secrets();
    NOT_KNOWN = "not-known-in-a-build";
    NO_ADDRESS = "https://check.lambda-url.us-east-1.on.aws";
    LAMBDA_VARIABLES = {
      PATH: "/var/lang/bin:/usr/local/bin:/usr/bin:/bin:/opt/bin",
      LANG: "en_US.UTF-8",
      TZ: ":UTC",
      AWS_LAMBDA_FUNCTION_NAME: "check",
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_REGION: "us-east-1",
      AWS_DEFAULT_REGION: "us-east-1"
    };
    IMAGE_VARIABLES = {
      _HANDLER: "wsgi_handler.handler",
      LD_LIBRARY_PATH: "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib",
      PYTHONPATH: "/var/runtime",
      LAMBDA_TASK_ROOT: "/var/task",
      LAMBDA_RUNTIME_DIR: "/var/runtime",
      AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
      AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/check",
      AWS_LAMBDA_LOG_STREAM_NAME: "check",
      AWS_LAMBDA_RUNTIME_API: "127.0.0.1:9001",
      AWS_ACCESS_KEY_ID: NOT_KNOWN,
      AWS_SECRET_ACCESS_KEY: NOT_KNOWN,
      AWS_SESSION_TOKEN: NOT_KNOWN
    };
  }
});

// src/artifact/check-causes.ts
function causeOf(error) {
  const hint = CAUSES.find(({ matches: matches3 }) => matches3(error))?.hint;
  return typeof hint === "function" ? hint(error) : hint;
}
var WITHOUT, says, CAUSES;
var init_check_causes = __esm({
  "src/artifact/check-causes.ts"() {
    "use strict";
    WITHOUT = "Without this check: check: false.";
    says = (pattern) => ({ message }) => pattern.test(message);
    CAUSES = [
      {
        // The loader says so too of a library that is there and for another processor.
        matches: says(
          /(?:^|\s)\/var\/task\/\S+\.so[.\d]*: cannot open shared object file|wrong ELF class|ELF.*machine|invalid ELF header|\.so[.\d]*: file too short/
        ),
        hint: "A compiled file is for another processor or system than the function: build it with builder: docker, and remove files of the project that were compiled on this machine."
      },
      {
        matches: says(/\.so[.\d]*: cannot open shared object file/),
        hint: "A native library is missing, which the runtime does not have: choose a binary variant of the package (as in psycopg[binary]), or let builder: docker build it with system-packages, which takes its libraries along."
      },
      {
        matches: says(/(?:GLIBC|GLIBCXX|CXXABI)_[\d.]+' not found/),
        hint: "A compiled package needs a newer C library than the runtime's: choose an older version of it, or a newer runtime."
      },
      {
        matches: says(/undefined symbol/),
        hint: "Two compiled packages, or a package and its library, do not fit each other: install versions that were made for each other."
      },
      {
        // The compiled part of a package, by the usual names: its Python part is there.
        matches: ({ type, name }) => type === "ModuleNotFoundError" && /\._\w+$/.test(name ?? ""),
        hint: ({ name }) => `${name ?? ""} is the compiled part of a package: what was installed is for another Python or processor, or was left out. Remove copies of the package from the project, and build it anew.`
      },
      {
        matches: ({ type, name }) => type === "ModuleNotFoundError" && name !== null,
        hint: ({ name }) => `Add what provides ${name ?? ""} to the requirements, or check the module's name; where it is the project's own, see that exclude does not leave it out. ${WITHOUT}`
      },
      {
        matches: ({ type, message }) => /Errno 30\b|Read-only file system|readonly database/i.test(message) || type === "PermissionError" && /Errno 13\b/.test(message),
        hint: "On Lambda only /tmp can be written: write there, or make the file before the build so that it is packaged."
      },
      {
        matches: says(/Errno 38\b|Function not implemented/),
        hint: "Lambda has no shared memory (/dev/shm), which locks and queues of multiprocessing need: use threads, or Pipe and Process."
      },
      {
        matches: ({ type, message }) => /gaierror|Name ?ResolutionError|ConnectionRefusedError|EndpointConnectionError/.test(type) || /name resolution|name or service not known|could not translate host name|network is unreachable|nodename nor servname|connection (?:to server|refused)|could not connect|can't connect|cannot assign requested address|no such table|relation "\S+" does not exist|unable to open database file/i.test(
          message
        ),
        hint: `The check has no network and no database. Connect when a request needs it, not on import; or give a value that needs none with check-environment. ${WITHOUT}`
      },
      { matches: ({ type }) => type === "RouteError", hint: "Correct the setting events, or the function that it names." },
      {
        matches: ({ type, message }) => type === "KeyError" || type === "ImproperlyConfigured" || /environment variable|not set/i.test(message),
        hint: `If it needs a variable, set it in environment, or for the check alone in check-environment: the check sees what the function will see. ${WITHOUT}`
      }
    ];
  }
});

// src/artifact/check-verdict.ts
function judge(end, terms) {
  if (end.kind === "late") return failed(lateImport(terms, ""));
  const { answer, log } = end;
  if (!answer) return failed(deadProblem(end.exitCode, log, terms));
  if (answer.stage === "import") return judgeImport(answer, log, terms);
  if (answer.error) return failed(raised(answer.error, log, terms));
  if (answer.malformed !== null) return failed(malformed(answer.malformed, log, terms));
  return judgeAnswer(answer, log, terms);
}
function judgeImport({ error, late }, log, terms) {
  if (!error) return failed(lateImport(terms, late ?? ""));
  const detail = joined(log, error.traceback);
  const { standIns } = terms;
  if (standIns.length > 0 && !SAYS_WHAT_IS_MISSING.test(error.type)) {
    const title = `The application could not be imported without its secrets: ${error.type}`;
    return { kind: "unknown", problem: { title, detail, hint: standInHint(standIns) } };
  }
  const said2 = SAYS_WHAT_IS_MISSING.test(error.type) ? `: ${firstLine(error.message)}` : "";
  const otherwise = `Mend the application, or name another with app. ${WITHOUT2}`;
  const hint = causeOf(error) ?? otherwise;
  return failed({ title: `The application cannot be imported: ${error.type}${said2}`, detail, hint });
}
function judgeAnswer(answer, log, terms) {
  const { status: statusCode, exception } = answer;
  const isFailure = statusCode === null || statusCode >= 500;
  const isRight = terms.status === void 0 ? !isFailure || !terms.isChosen : statusCode === terms.status;
  if (isRight && !isFailure) return { kind: "passed", statusCode, ...remarkOn(statusCode, terms) };
  if (isRight && terms.status !== void 0) return { kind: "passed", statusCode: terms.status };
  const wanted = terms.status === void 0 ? "" : `, and check-status is ${terms.status}`;
  const title = statusCode === null ? `GET ${terms.path} was not answered within ${terms.seconds} seconds` : `GET ${terms.path} is answered with ${statusCode}${isRight ? "" : wanted}`;
  const detail = answer.late === null ? behind(exception, answer.body, log) : joined(log, whereItWas(answer.late));
  const cause = exception ? causeOf(exception) : void 0;
  if (isRight) {
    const hint = [cause, LENIENT].filter(Boolean).join(" ");
    return { kind: "passed", statusCode: statusCode ?? void 0, remark: { title, detail: shortened(detail), hint } };
  }
  if (isFailure && terms.standIns.length > 0)
    return { kind: "unknown", problem: { title, detail, hint: standInHint(terms.standIns) } };
  return failed({ title, detail, hint: cause ?? `Mend the application, or choose another check-path. ${WITHOUT2}` });
}
function shortened(detail) {
  const lines2 = detail.split("\n");
  return lines2.length <= MOST_REMARK_LINES ? detail : ["…", ...lines2.slice(-MOST_REMARK_LINES)].join("\n");
}
function remarkOn(status, { path: path4, host }) {
  if (status !== 400) return {};
  return {
    remark: {
      title: `GET ${path4} was answered with 400 Bad Request`,
      detail: `The request had the Host ${host}.`,
      hint: "Django answers so for a host that is not in ALLOWED_HOSTS: add it there, or set smoke-host to one that is."
    }
  };
}
function behind(exception, body, log) {
  if (/^Traceback \(most recent call last\)/m.test(log)) return joined(log);
  return exception ? joined(log, exception.traceback) : joined(log, body);
}
function raised(error, log, { path: path4 }) {
  return {
    title: `The handler fails on GET ${path4}: ${error.type}`,
    detail: joined(log, error.traceback),
    hint: causeOf(error) ?? `Mend the application. ${WITHOUT2}`
  };
}
function malformed(why, log, { path: path4 }) {
  return {
    title: `Lambda could not send on the answer to GET ${path4}: ${why}`,
    detail: joined(log),
    hint: `Mend the application, or choose another check-path. ${WITHOUT2}`
  };
}
function lateImport({ seconds }, where) {
  return {
    title: `The application was not imported within ${seconds} seconds`,
    detail: whereItWas(where),
    hint: `The limit is the setting timeout, 60 seconds without it. What waits for a network waits in vain here: connect on the first request, not on import. ${WITHOUT2}`
  };
}
function deadProblem(exitCode, log, { memory }) {
  const detail = joined(log);
  if (exitCode === 137)
    return memory === void 0 ? {
      title: "Python was killed while the application was imported or answered",
      detail,
      hint: "Most likely the container engine has too little memory for it. Set memory to what the function has, to find out what it needs."
    } : {
      title: `The application needs more than ${memory} MB, which is the function's memory`,
      detail,
      hint: "Set memory to more, or load less while the application is imported."
    };
  const signal = SIGNALS[exitCode];
  return signal === void 0 ? {
    title: `The application ended Python while it was imported or answered (exit code ${exitCode})`,
    detail,
    hint: `Importing an application, or answering a request, must not end the process. ${WITHOUT2}`
  } : {
    title: `Compiled code crashed Python while the application was imported or answered (${signal})`,
    detail,
    hint: `The last lines name the place. Choose another version of that package. ${WITHOUT2}`
  };
}
function joined(log, more = "") {
  const lines2 = log.trim().split("\n");
  return [lines2.slice(-MOST_LOG_LINES).join("\n"), more.trim()].filter(Boolean).join("\n");
}
var WITHOUT2, failed, SAYS_WHAT_IS_MISSING, standInHint, MOST_REMARK_LINES, LENIENT, whereItWas, SIGNALS, MOST_LOG_LINES, firstLine;
var init_check_verdict = __esm({
  "src/artifact/check-verdict.ts"() {
    "use strict";
    init_check_causes();
    WITHOUT2 = "Without this check: check: false.";
    failed = (problem) => ({ kind: "failed", problem });
    SAYS_WHAT_IS_MISSING = /^(?:ModuleNotFoundError|ImportError|SyntaxError|LoadingError|PolicyError|RouteError|ConfigurationError)$/;
    standInHint = (names) => `Here ${names.join(", ")} had a stand-in. If that is the reason, nothing is wrong: give it a value of the right form with check-environment. Else the smoke request ends the release before traffic moves.`;
    MOST_REMARK_LINES = 15;
    LENIENT = "The check passes all the same: here is no network, and a page may need it. Set check-path or check-status to make it fail.";
    whereItWas = (frames) => frames === "" ? "" : `It was here:
${frames.trimEnd()}`;
    SIGNALS = {
      132: "SIGILL",
      134: "SIGABRT",
      135: "SIGBUS",
      139: "SIGSEGV"
    };
    MOST_LOG_LINES = 60;
    firstLine = (text3) => text3.split("\n", 1)[0] ?? "";
  }
});

// src/artifact/check.ts
function wantsCheck(check2, command) {
  return check2 ?? command !== "build";
}
async function checkArtifact(artifact, settings, { toolchain, store, report }) {
  const reason = whyUnchecked(settings, toolchain.sandbox !== void 0);
  if (reason || !toolchain.sandbox) {
    if (reason) report.notice(reason);
    return { outcome: "unchecked" };
  }
  const sandbox = await toolchain.sandbox();
  const env = variablesOf(settings);
  const key = checkKey(artifact.sha256, sandbox.identity, Object.keys(env), settings);
  const kept = await readRecord(store, "checks", key);
  if (kept) return recall(kept, checkTerms(settings), report);
  report.progress("importing the application from the artifact");
  const result = await tryArtifact(artifact.path, { settings, env, sandbox, report });
  if (result.outcome !== "unchecked") await writeRecord(store, "checks", key, result);
  return result;
}
async function tryArtifact(path4, { settings, env, sandbox, report }) {
  const terms = checkTerms(settings);
  const { memory = NEW_FUNCTION_MB } = settings;
  const request2 = JSON.stringify({ path: terms.path, host: terms.host, memory, seconds: terms.seconds });
  const seconds = 2 * terms.seconds + MARGIN_SECONDS;
  const ended = await sandbox.check(path4, { request: request2, env, memory: settings.memory, seconds });
  if (ended.kind === "foreign") {
    report.notice(foreignProblem(settings.target));
    return { outcome: "unchecked" };
  }
  const end = readEnd(ended);
  if (end.kind === "ended") {
    for (const line of end.log.split("\n")) if (line !== "") report.debug(line);
  }
  const verdict = judge(end, terms);
  if (verdict.kind === "failed") throw new UserError(verdict.problem);
  if (verdict.kind === "unknown") {
    report.warning(verdict.problem);
    return { outcome: "unknown" };
  }
  const { statusCode, remark } = verdict;
  report.info(`import check: ${said(terms.path, statusCode)} (${sandbox.image})`);
  if (remark) report[statusCode === 400 ? "notice" : "warning"](remark);
  return { outcome: "passed", statusCode, isKept: false };
}
function recall({ outcome, statusCode }, terms, report) {
  if (outcome === "passed") {
    report.info(`import check: this artifact passed before, ${said(terms.path, statusCode)}`);
    return { outcome, statusCode, isKept: true };
  }
  report.notice({
    title: "The import check of this artifact, made before, could not tell whether it works without its secrets",
    hint: "Give stand-ins of the right form with check-environment, and it is checked again."
  });
  return { outcome };
}
function checkKey(sha256, identity, names, settings) {
  const { path: path4, host, status, isChosen, seconds, memory, standIns } = checkTerms(settings);
  return keyOf("check", sha256, identity, names.toSorted(), standIns, [path4, host, status, isChosen, seconds, memory]);
}
function whyUnchecked({ handler, packRequirements }, hasSandbox) {
  const title = "The artifact was not checked";
  if (handler === "none") return { title: `${title}: with handler: none there is no application to import` };
  if (!packRequirements)
    return { title: `${title}: with pack-requirements: false its dependencies come from a layer, which is not here` };
  if (hasSandbox) return void 0;
  return {
    title: `${title}: the builder host has no image of the runtime to import it in`,
    hint: "builder: docker imports it there before it is deployed; check: false says that this is meant."
  };
}
function foreignProblem({ architecture }) {
  return {
    title: `The artifact was not checked: the container engine cannot run programs for ${architecture}`,
    hint: "Run on a machine of that architecture, or install emulation: the action docker/setup-qemu-action, or docker run --privileged --rm tonistiigi/binfmt --install all."
  };
}
function readEnd(end) {
  if (end.kind === "late") return end;
  const log = end.stderr.replace(/\r\n?/g, "\n");
  return { kind: "ended", exitCode: end.exitCode, answer: readAnswer(end.stdout), log };
}
function readAnswer(stdout) {
  try {
    return JSON.parse(stdout);
  } catch {
    return void 0;
  }
}
function checkTerms(settings) {
  const { checkPath, checkStatus, checkEnvironment, secrets, smokeHost, memory, timeout } = settings;
  return {
    path: checkPath ?? "/",
    host: smokeHost ?? new URL(NO_ADDRESS).host,
    isChosen: checkPath !== void 0 || checkStatus !== void 0,
    status: checkStatus,
    standIns: Object.keys(secrets).filter((name) => !Object.hasOwn(checkEnvironment, name)),
    memory,
    seconds: Math.max(SHORTEST_IMPORT_SECONDS, timeout ?? USUAL_SECONDS)
  };
}
function variablesOf({ target, environment, secrets, checkEnvironment, memory, functionName }) {
  return {
    ...LAMBDA_VARIABLES,
    ...IMAGE_VARIABLES,
    AWS_EXECUTION_ENV: `AWS_Lambda_${target.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: functionName ?? LAMBDA_VARIABLES.AWS_LAMBDA_FUNCTION_NAME,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memory ?? NEW_FUNCTION_MB),
    ...checkVariables(environment, secrets),
    ...checkEnvironment
  };
}
var said, NEW_FUNCTION_MB, USUAL_SECONDS, SHORTEST_IMPORT_SECONDS, MARGIN_SECONDS;
var init_check = __esm({
  "src/artifact/check.ts"() {
    "use strict";
    init_errors();
    init_records();
    init_check_environment();
    init_check_verdict();
    said = (path4, status) => `GET ${path4} → ${status ?? "no answer in time"}`;
    NEW_FUNCTION_MB = 512;
    USUAL_SECONDS = 60;
    SHORTEST_IMPORT_SECONDS = 10;
    MARGIN_SECONDS = 10;
  }
});

// src/requirements/markers.ts
function markerEnvironment(target, pythonVersion) {
  return {
    os_name: "posix",
    sys_platform: "linux",
    platform_machine: target.architecture === "arm64" ? "aarch64" : "x86_64",
    platform_python_implementation: "CPython",
    platform_system: "Linux",
    // Both belong to the kernel, which nobody chooses.
    platform_release: "",
    platform_version: "",
    python_version: pythonVersion.split(".").slice(0, 2).join("."),
    python_full_version: pythonVersion,
    implementation_name: "cpython",
    implementation_version: pythonVersion
  };
}
function holds(marker, environment, asked = NOTHING) {
  if (marker === void 0 || marker.trim() === "") return true;
  const tokens = tokensOf(marker);
  let position = 0;
  const next = () => tokens[position++] ?? "";
  const take = (token) => {
    if (tokens[position] !== token) return false;
    position++;
    return true;
  };
  const either = () => {
    let result2 = both();
    while (take("or")) result2 = both() || result2;
    return result2;
  };
  const both = () => {
    let result2 = single();
    while (take("and")) result2 = single() && result2;
    return result2;
  };
  const single = () => {
    if (take("(")) {
      const result2 = either();
      if (!take(")")) throw unreadable(marker);
      return result2;
    }
    const left = next();
    const operator = take("not") ? `not ${next()}` : next();
    const right = next();
    if (!OPERATORS.has(operator) || !isOperand(left) || !isOperand(right)) throw unreadable(marker);
    return compare5(left, operator, right, marker);
  };
  const compare5 = (left, operator, right, whole) => {
    for (const [variable, literal] of [[left, right], [right, left]]) {
      if (variable === "extra") return isAsked(operator, literal, asked.extras);
      if (variable === "extras") return isAsked(operator, literal, asked.extras);
      if (variable === "dependency_groups") return isAsked(operator, literal, asked.groups);
    }
    return compareValues(valueOf(left, environment, whole), operator, valueOf(right, environment, whole));
  };
  const result = either();
  if (position < tokens.length) throw unreadable(marker);
  return result;
}
function tokensOf(marker) {
  return marker.match(/"[^"]*"|'[^']*'|[()]|[<>=!~]+|[^\s()<>=!~"']+|\S/g) ?? [];
}
function isOperand(token) {
  return /^(?:"[^"]*"|'[^']*'|[a-z][\w.]*)$/.test(token);
}
function literalOf(token) {
  return token.slice(1, -1);
}
function isAsked(operator, literal, names) {
  const isThere2 = names.has(normalise(literalOf(literal)));
  return operator === "!=" || operator === "not in" ? !isThere2 : isThere2;
}
function valueOf(token, environment, marker) {
  if (/^["']/.test(token)) return literalOf(token);
  const value = environment[FORMER_NAMES[token] ?? token];
  if (value === void 0) throw unreadable(marker);
  return value;
}
function compareValues(left, operator, right) {
  if (operator === "in") return right.includes(left);
  if (operator === "not in") return !right.includes(left);
  const version = right.replace(/\.\*$/, "");
  if ((0, import_pep4403.valid)(left) && (0, import_pep4403.valid)(version)) return (0, import_pep4403.satisfies)(left, `${operator}${right}`, { prereleases: true });
  switch (operator) {
    case "==":
    case "===":
      return left === right;
    case "!=":
      return left !== right;
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
    default:
      return false;
  }
}
function unreadable(marker) {
  return new UserError({
    title: `The marker cannot be read: ${marker}`,
    hint: `It should look like: sys_platform == 'linux' and python_version >= '3.11' (PEP 508).`
  });
}
var import_pep4403, NOTHING, FORMER_NAMES, OPERATORS;
var init_markers = __esm({
  "src/requirements/markers.ts"() {
    "use strict";
    import_pep4403 = __toESM(require_pep440(), 1);
    init_errors();
    init_files();
    NOTHING = { extras: /* @__PURE__ */ new Set(), groups: /* @__PURE__ */ new Set() };
    FORMER_NAMES = {
      "os.name": "os_name",
      "sys.platform": "sys_platform",
      "platform.machine": "platform_machine",
      "platform.version": "platform_version",
      "platform.python_implementation": "platform_python_implementation",
      python_implementation: "platform_python_implementation"
    };
    OPERATORS = /* @__PURE__ */ new Set(["<", "<=", "!=", "==", ">=", ">", "~=", "===", "in", "not in"]);
  }
});

// src/requirements/versions.ts
function satisfies2(version, specifier) {
  if (!(0, import_pep4404.valid)(version)) return true;
  return specifier.split("||").map((range) => range.trim()).some((range) => range === "" || range === "*" || (0, import_pep4404.satisfies)(version, range, { prereleases: true }));
}
function isSpecifier(text3) {
  return text3.trim() === "" || (0, import_pep4404.validRange)(text3);
}
function exactVersion(specifier) {
  return /^={2,3}\s*([^\s,*]+)$/.exec(specifier.trim())?.[1];
}
function canonicalSpecifier(specifier) {
  return specifier.split(",").map((part) => part.replace(/\s+/g, "")).filter((part) => part !== "" && part !== "*").map((part) => part.replace(/[^<>=!~]+$/, (version) => (0, import_pep4404.clean)(version) ?? version)).toSorted().join(",");
}
function fromPoetry(constraint) {
  return constraint.split(/\|\|?/).map(
    (range) => range.trim().split(/\s*,\s*|(?<![<>=!~^])\s+(?=[<>=!~^])/).filter((part) => part !== "" && part !== "*").map(specifierOf).join(",")
  ).join(" || ");
}
function specifierOf(part) {
  const [, operator = "", version = ""] = /^(\^|~(?!=)|[<>=!~]*)\s*(.*)$/.exec(part) ?? [];
  const release = version.match(/\d+/g)?.map(Number) ?? [];
  if (operator === "^") return between(version, nextOf(release, caretPosition(release)));
  if (operator === "~") return between(version, nextOf(release, Math.min(1, release.length - 1)));
  if (operator === "" || operator === "=") return `==${version}`;
  return `${operator}${version}`;
}
function caretPosition(release) {
  const first = release.findIndex((part) => part > 0);
  return first === -1 ? release.length - 1 : first;
}
function nextOf(release, position) {
  return release.slice(0, position + 1).map((part, index) => index === position ? part + 1 : part).join(".");
}
function between(from, below2) {
  return (0, import_pep4404.valid)(from) ? `>=${from},<${below2}` : `==${from}`;
}
var import_pep4404;
var init_versions = __esm({
  "src/requirements/versions.ts"() {
    "use strict";
    import_pep4404 = __toESM(require_pep440(), 1);
  }
});

// src/requirements/locked.ts
function reach(lock, roots, environment, asked) {
  const graph = /* @__PURE__ */ new Map();
  for (const each of lock.packages) graph.set(each.name, [...graph.get(each.name) ?? [], each]);
  const reached = /* @__PURE__ */ new Map();
  const askedOf2 = (extras) => ({ ...asked, extras: /* @__PURE__ */ new Set([...asked.extras, ...extras]) });
  const visit = (dependency, requiredBy, extras) => {
    if (dependency.onlyWith && !dependency.onlyWith.some((extra) => extras.has(extra))) return;
    if (!holds(dependency.marker, environment, askedOf2(extras))) return;
    const chosen = choose(graph.get(dependency.name) ?? [], dependency, environment, asked);
    if (chosen) arrive(chosen, dependency.extras, requiredBy);
  };
  const arrive = (chosen, extras, requiredBy) => {
    const before = reached.get(chosen);
    const state = before ?? { extras: /* @__PURE__ */ new Set(), requiredBy: /* @__PURE__ */ new Set() };
    const isKnown = before !== void 0 && extras.every((extra) => before.extras.has(extra));
    reached.set(chosen, state);
    state.requiredBy.add(requiredBy);
    for (const extra of extras) state.extras.add(extra);
    if (!isKnown) for (const next of chosen.dependencies) visit(next, chosen.name, state.extras);
  };
  for (const root of roots) {
    checkDirect(lock, graph.get(root.name) ?? [], root, environment, asked);
    visit({ ...root, onlyWith: void 0 }, "", /* @__PURE__ */ new Set());
  }
  return lock.packages.flatMap((each) => {
    const state = reached.get(each);
    return state && each.source ? [pinOf(each, each.source, [...state.requiredBy].toSorted())] : [];
  });
}
function pinOf(identity, source2, requiredBy) {
  const { name, version, hashes, location } = identity;
  return { name, version, hashes, source: source2, requiredBy, location };
}
function choose(candidates, { specifier, origin }, environment, asked) {
  const meant = candidates.filter(({ marker }) => holds(marker, environment, asked));
  const fitting = meant.filter((each) => isAllowed(each, specifier) && (origin ?? each.origin) === each.origin);
  const [best] = (fitting.length > 0 ? fitting : meant).toSorted(newestFirst);
  return best;
}
function newestFirst(one, other) {
  const [a = "", b = ""] = [one.version, other.version];
  return (0, import_pep4405.valid)(a) && (0, import_pep4405.valid)(b) ? (0, import_pep4405.compare)(b, a) : 0;
}
function isAllowed({ version, source: source2 }, specifier) {
  return version === void 0 || source2?.kind !== "index" || satisfies2(version, specifier);
}
function checkDirect(lock, candidates, root, environment, asked) {
  if (!holds(root.marker, environment, asked)) return;
  if (candidates.length === 0) throw staleLock(lock, `${root.name} is not in ${lock.path}`, root.location);
  if (candidates.some((each) => isAllowed(each, root.specifier))) return;
  const versions = candidates.map(({ version }) => version ?? "").join(", ");
  throw staleLock(
    lock,
    `${lock.path} has ${root.name} ${versions}, and ${root.location.file} asks for ${root.specifier}`,
    root.location
  );
}
function staleLock({ path: path4, refresh }, detail, location) {
  return new UserError({
    title: `${path4} does not match ${location.file}`,
    detail: `${detail}.`,
    hint: `Make the lock anew with: ${refresh}`,
    location
  });
}
function checkPython(lock, requiresPython, pythonVersion) {
  if (requiresPython === void 0 || satisfies2(pythonVersion, requiresPython)) return;
  throw new UserError({
    title: `${lock.path} is for Python ${requiresPython}, and the runtime has ${pythonVersion}`,
    hint: lock.refresh === void 0 ? "Set runtime to one that fits, or let the project allow this Python." : `Set runtime, or change requires-python and make the lock anew with: ${lock.refresh}`,
    location: { file: lock.path, line: 1 }
  });
}
var import_pep4405;
var init_locked = __esm({
  "src/requirements/locked.ts"() {
    "use strict";
    import_pep4405 = __toESM(require_pep440(), 1);
    init_errors();
    init_markers();
    init_versions();
  }
});

// src/requirements/lock-context.ts
function indexSource(url) {
  const index = url === void 0 || isPublicIndex(url) ? void 0 : withoutCredentials(url);
  return index === void 0 ? { kind: "index" } : { kind: "index", index };
}
function isPublicIndex(url) {
  return /^https:\/\/(?:[^/@]*@)?pypi\.org\//.test(url);
}
function localSource({ project, path: path4 }, written2, isEditable) {
  const file = written2.replace(/^file:\/\/(?=\/)/, "").replace(/^\$\{PROJECT_ROOT\}/, ".").replace(/\/$/, "");
  return { kind: "local", path: (0, import_node_path26.isAbsolute)(file) ? file : (0, import_node_path26.join)(project, import_node_path26.posix.dirname(path4), file), isEditable };
}
function besideLock(path4, file) {
  return import_node_path26.posix.join(import_node_path26.posix.dirname(path4), file);
}
function ownPins({ project, path: path4 }, { name, isPackage }, hasMain) {
  if (name === void 0 || !isPackage || !hasMain) return [];
  const location = { file: besideLock(path4, "pyproject.toml"), line: 1 };
  return [pinOf({ name, version: void 0, hashes: [], location }, localSource({ project, path: path4 }, ".", true), [""])];
}
function indexOptions(indexes, variables) {
  return indexes.flatMap((index) => ["--extra-index-url", withCredentials(index, variables)]);
}
function withCredentials({ name, url }, variables) {
  const given = ADDRESSES.flatMap((each) => variables[each]?.split(/\s+/) ?? []).map((each) => each.replace(/^[\w-]+=/, "")).find((each) => trimmed(each) === trimmed(url) && withoutCredentials(each) !== each);
  if (given !== void 0) return given;
  const upper = name.toUpperCase().replace(/[^A-Z0-9]/g, "_");
  const prefix = [`UV_INDEX_${upper}`, `POETRY_HTTP_BASIC_${upper}`].find(
    (each) => variables[`${each}_USERNAME`] !== void 0 || variables[`${each}_PASSWORD`] !== void 0
  );
  if (prefix === void 0 || withoutCredentials(url) !== url) return url;
  const [user = "", password = ""] = [variables[`${prefix}_USERNAME`], variables[`${prefix}_PASSWORD`]];
  return url.replace("://", `://${encodeURIComponent(user)}:${encodeURIComponent(password)}@`);
}
function usedIndexes(pins, named) {
  const used = new Set(pins.flatMap(({ source: source2 }) => source2.kind === "index" && source2.index ? [source2.index] : []));
  const known = new Map(named.map((index) => [trimmed(index.url), index]));
  return [...used].map((url) => known.get(trimmed(url)) ?? { name: "", url });
}
function trimmed(url) {
  return withoutCredentials(url).replace(/\/+$/, "");
}
function relativePath(project, path4) {
  return (0, import_node_path26.relative)(project, path4).split(import_node_path26.sep).join("/");
}
function checkFormat(path4, version, known, hint) {
  if (known.test(String(version))) return;
  throw new UserError({
    title: `${path4} has the format ${String(version)}, which is not known`,
    hint,
    location: { file: path4, line: 1 }
  });
}
var import_node_path26, ADDRESSES;
var init_lock_context = __esm({
  "src/requirements/lock-context.ts"() {
    "use strict";
    import_node_path26 = require("node:path");
    init_errors();
    init_credentials();
    init_locked();
    ADDRESSES = ["PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX"];
  }
});

// src/requirements/kept-lock.ts
async function readKept(context, store, read) {
  const key = await keyOfLock(context);
  const kept = await readRecord(store, "resolutions", key);
  if (kept) return kept;
  const locked = await read(context);
  const text3 = JSON.stringify(locked);
  if (withoutCredentials(text3) === text3) await writeRecord(store, "resolutions", key, locked);
  return locked;
}
async function keyOfLock({ project, path: path4, settings, environment }) {
  const { groups, withoutGroups, onlyGroups, extras } = settings;
  const beside = ["pyproject.toml", "Pipfile"].map((file) => besideLock(path4, file));
  const files = [.../* @__PURE__ */ new Set([path4, "pyproject.toml", ...beside])];
  const texts = await Promise.all(files.map((file) => (0, import_promises37.readFile)((0, import_node_path27.join)(project, file), "utf8").catch(() => null)));
  const asked = [groups, withoutGroups, onlyGroups, extras];
  return keyOf("lock", READER_VERSION, project, path4, asked, Object.entries(environment), texts);
}
var import_promises37, import_node_path27, READER_VERSION;
var init_kept_lock = __esm({
  "src/requirements/kept-lock.ts"() {
    "use strict";
    import_promises37 = require("node:fs/promises");
    import_node_path27 = require("node:path");
    init_records();
    init_credentials();
    init_lock_context();
    READER_VERSION = 1;
  }
});

// src/requirements/documents.ts
async function readDocument(project, path4, hint) {
  return parseDocument(path4, await readText2(project, path4, hint), hint);
}
async function readText2(project, path4, hint) {
  try {
    return await (0, import_promises38.readFile)((0, import_node_path28.join)(project, path4), "utf8");
  } catch (error) {
    throw new UserError({ title: `${path4} cannot be read`, detail: error.message, hint }, { cause: error });
  }
}
function parseDocument(path4, text3, hint) {
  try {
    return { path: path4, text: text3, root: asTable(/^\s*\{/.test(text3) ? JSON.parse(text3) : parse(text3)) };
  } catch (error) {
    const line = error instanceof TomlError ? error.line : 1;
    throw new UserError(
      {
        title: `${path4} cannot be read`,
        // Its other lines show the file, where addresses may have passwords.
        detail: error.message.split("\n", 1)[0],
        hint,
        location: { file: path4, line }
      },
      { cause: error }
    );
  }
}
function asTable(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
function asTables(value) {
  return Array.isArray(value) ? value.map(asTable) : [];
}
function asText(value) {
  return typeof value === "string" ? value : void 0;
}
function asTexts(value) {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}
function tableAt(root, ...names) {
  return names.reduce((table2, name) => asTable(table2[name]), root);
}
function packageLines({ path: path4, text: text3 }) {
  const lines2 = /* @__PURE__ */ new Map();
  for (const [index, line] of text3.split("\n").entries()) {
    const name = /^name = "([^"]+)"/.exec(line)?.[1] ?? /^\s{4,8}"([A-Za-z0-9][\w.-]*)": \{/.exec(line)?.[1];
    if (name !== void 0 && !lines2.has(normalise(name))) lines2.set(normalise(name), index + 1);
  }
  return (name) => ({ file: path4, line: lines2.get(name) ?? 1 });
}
function requestLines({ path: path4, text: text3 }) {
  const lines2 = /* @__PURE__ */ new Map();
  const request2 = /(?:^\s*|["'])([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)(?=\s*(?:["'[<>=!~;@(]))/g;
  for (const [index, line] of text3.split("\n").entries()) {
    for (const [, name = ""] of line.matchAll(request2))
      if (!lines2.has(normalise(name))) lines2.set(normalise(name), index + 1);
  }
  return (name) => ({ file: path4, line: lines2.get(name) ?? 1 });
}
var import_promises38, import_node_path28;
var init_documents = __esm({
  "src/requirements/documents.ts"() {
    "use strict";
    import_promises38 = require("node:fs/promises");
    import_node_path28 = require("node:path");
    init_dist();
    init_errors();
    init_files();
  }
});

// src/requirements/groups.ts
function chooseGroups(choices, settings) {
  const [groups, without, only, extras] = [
    settings.groups,
    settings.withoutGroups,
    settings.onlyGroups,
    settings.extras
  ].map((names) => names.map(normalise));
  const { manifest } = choices;
  refuseUnknown([...groups, ...without, ...only], choices.groups, (unknown2) => `${manifest} has no group ${unknown2}`);
  refuseUnknown(extras, choices.extras, (unknown2) => `${manifest} has no extra ${unknown2}`);
  if (only.length > 0 && extras.length > 0) {
    throw new UserError(
      {
        title: "extras and only-groups exclude each other",
        detail: "Extras add to the project's own dependencies, which only-groups leaves out.",
        hint: "Use groups instead of only-groups, or leave extras out."
      },
      { exitCode: 2 }
    );
  }
  const usual = choices.defaultGroups.filter((name) => !DEVELOPMENT.test(name));
  const wanted = new Set(only.length > 0 ? only : [...usual, ...groups]);
  for (const name of without) wanted.delete(name);
  return {
    hasMain: only.length === 0,
    groups: choices.groups.filter((name) => wanted.has(name)),
    extras,
    groupsLeftOut: choices.groups.filter((name) => !wanted.has(name))
  };
}
function refuseUnknown(names, known, title) {
  const unknown2 = [...new Set(names)].filter((name) => !known.includes(name));
  if (unknown2.length === 0) return;
  const hint = known.length > 0 ? `There are: ${known.join(", ")}.` : "It has none at all.";
  throw new UserError({ title: title(unknown2.join(", ")), hint }, { exitCode: 2 });
}
var DEVELOPMENT;
var init_groups = __esm({
  "src/requirements/groups.ts"() {
    "use strict";
    init_errors();
    init_files();
    DEVELOPMENT = /^(?:dev|test|lint|doc|typ(?:e|ing)|format|bench|coverage|ci$|qa$)/;
  }
});

// src/requirements/requirement.ts
function parseRequirement(text3) {
  const parts = /^([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*(.*)$/s.exec(text3.trim());
  if (!parts) return void 0;
  const [, name = "", extras = "", rest = ""] = parts;
  const common = { name: normalise(name), extras: namesIn2(extras) };
  const direct = /^@\s*(\S+?)(?:\s+;(.*)|\s*;\s+(.*))?$/s.exec(rest);
  if (direct?.[1] !== void 0)
    return { ...common, specifier: "", url: direct[1], marker: nonEmpty2(direct[2] ?? direct[3]) };
  const [specifier = "", ...marker] = rest.split(";");
  const bare = specifier.trim().replace(/^\((.*)\)$/s, "$1");
  if (!isSpecifier(bare)) return void 0;
  return { ...common, specifier: bare.trim(), url: void 0, marker: nonEmpty2(marker.join(";")) };
}
function requirementText({ name, extras, specifier, url, marker }) {
  const wanted = `${name}${extras.length > 0 ? `[${extras.join(",")}]` : ""}`;
  const which2 = url === void 0 ? specifier : ` @ ${url}`;
  return `${wanted}${which2}${marker === void 0 ? "" : ` ; ${marker}`}`;
}
function namesIn2(text3) {
  return text3.split(",").map((name) => normalise(name.trim())).filter((name) => name !== "");
}
function nonEmpty2(text3) {
  const trimmed3 = text3?.trim() ?? "";
  return trimmed3 === "" ? void 0 : trimmed3;
}
function archiveIdentity(url) {
  const file = decodeURIComponent(url.replace(/[?#].*$/, "").replace(/^.*\//, ""));
  const wheel = /^([\w.]+)-([\w.!+]+)(?:-\d[\w.]*)?-[\w.]+-[\w.]+-[\w.]+\.whl$/.exec(file);
  const source2 = /^([A-Za-z0-9][\w.-]*?)-(\d[\w.!+-]*?)\.(?:tar\.gz|zip|tar\.bz2|tgz)$/.exec(file);
  const [, name, version] = wheel ?? source2 ?? [];
  return name !== void 0 && version !== void 0 ? { name: normalise(name), version } : void 0;
}
function isRepository(url) {
  return /^(?:git|hg|svn|bzr)\+/.test(url);
}
function eggName(url) {
  const egg = /[#&]egg=([A-Za-z0-9][\w.-]*)/.exec(url)?.[1];
  return egg === void 0 ? void 0 : normalise(egg);
}
var init_requirement = __esm({
  "src/requirements/requirement.ts"() {
    "use strict";
    init_files();
    init_versions();
  }
});

// src/requirements/project-dependencies.ts
function readProjectDependencies(document, project) {
  const { root } = document;
  const [own, poetry] = [tableAt(root, "project"), tableAt(root, "tool", "poetry")];
  const reader = readerOf(document, (0, import_node_path29.join)(project, import_node_path29.posix.dirname(document.path)));
  const isPoetrys = own["dependencies"] === void 0 && poetry["dependencies"] !== void 0;
  const fromPoetry2 = reader.poetryTable(asTable(poetry["dependencies"]));
  const name = asText(own["name"]) ?? asText(poetry["name"]);
  return {
    name: name === void 0 ? void 0 : normalise(name),
    main: isPoetrys ? fromPoetry2.filter(({ isOptional }) => !isOptional) : reader.list(own["dependencies"]),
    extras: isPoetrys ? poetryExtras(asTable(poetry["extras"]), fromPoetry2) : withOwnExtras(name, reader.lists(asTable(own["optional-dependencies"]))),
    groups: new Map([
      ...poetryGroups(poetry, reader),
      ...reader.lists(tableAt(root, "tool", "pdm", "dev-dependencies")),
      ...reader.lists({ dev: tableAt(root, "tool", "uv")["dev-dependencies"] ?? [] }, { isSparse: true }),
      ...dependencyGroups(asTable(root["dependency-groups"]), reader, document)
    ]),
    defaultGroups: defaultGroups(root),
    requiresPython: asText(own["requires-python"]) ?? pythonOfPoetry(poetry),
    isPoetrys,
    isPackage: root["build-system"] !== void 0 && poetry["package-mode"] !== false
  };
}
function chosenDependencies(project, chosen) {
  return [
    ...chosen.hasMain ? project.main : [],
    ...chosen.extras.flatMap((extra) => project.extras.get(extra) ?? []),
    ...chosen.groups.flatMap((group) => project.groups.get(group) ?? [])
  ];
}
function asDirect({ name, extras, specifier, marker, location }) {
  return { name, extras, specifier, marker, location };
}
function readerOf(document, folder) {
  const lineOf3 = requestLines(document);
  const list = (value) => asTexts(value).map((text3) => {
    const requirement = parseRequirement(text3);
    if (requirement) return { ...requirement, location: lineOf3(requirement.name), path: void 0 };
    throw unreadable2(document, text3, lineOf3(normalise(/^[\w.-]+/.exec(text3)?.[0] ?? "")));
  });
  const lists = (tables, { isSparse } = { isSparse: false }) => new Map(
    Object.entries(tables).map(([name, value]) => [normalise(name), list(value)]).filter(([, wanted]) => !isSparse || wanted.length > 0)
  );
  const poetryTable = (table2) => Object.entries(table2).filter(([name]) => name.toLowerCase() !== "python").flatMap(
    ([name, value]) => (Array.isArray(value) ? value : [value]).map(
      (each) => poetryDependency(name, each, lineOf3(normalise(name)), document, folder)
    )
  );
  return { list, lists, poetryTable };
}
function poetryDependency(name, value, location, document, folder) {
  const table2 = typeof value === "string" ? { version: value } : asTable(value);
  const constraint = asText(table2["version"]) ?? "";
  const specifier = fromPoetry(constraint);
  if (!specifier.split("||").every(isSpecifier)) throw unreadable2(document, `${name} = ${constraint}`, location);
  const path4 = asText(table2["path"]);
  return {
    name: normalise(name),
    extras: asTexts(table2["extras"]).map(normalise),
    specifier,
    url: path4 === void 0 ? urlOf(table2) : void 0,
    marker: poetryMarker(table2),
    location,
    path: path4 === void 0 ? void 0 : (0, import_node_path29.join)(folder, path4),
    isOptional: table2["optional"] === true
  };
}
function urlOf(table2) {
  const git = asText(table2["git"]);
  if (git === void 0) return asText(table2["url"]);
  const reference = asText(table2["rev"]) ?? asText(table2["tag"]) ?? asText(table2["branch"]);
  const subdirectory = asText(table2["subdirectory"]);
  return repositoryUrl(git, reference, subdirectory);
}
function repositoryUrl(address, reference, subdirectory, tool = "git") {
  const url = address.replace(/^([\w.-]+@[\w.-]+):(?!\/\/)/, "ssh://$1/").replace(new RegExp(`^${tool}\\+`), "");
  return `${tool}+${url}${reference === void 0 ? "" : `@${reference}`}${subdirectory === void 0 ? "" : `#subdirectory=${subdirectory}`}`;
}
function poetryMarker(table2) {
  const python = asText(table2["python"]);
  const platform = asText(table2["platform"]);
  const parts = [
    asText(table2["markers"]),
    python === void 0 ? void 0 : pythonMarker(fromPoetry(python)),
    platform === void 0 ? void 0 : `sys_platform == '${platform}'`
  ].filter((part) => part !== void 0 && part !== "");
  return parts.length === 0 ? void 0 : parts.map((part) => `(${part})`).join(" and ");
}
function pythonMarker(specifier) {
  const alternatives = specifier.split("||").map(
    (range) => range.split(",").map((part) => part.trim()).filter((part) => part !== "").map((part) => part.replace(/^([<>=!~]+)(.*)$/, "python_full_version $1 '$2'")).join(" and ")
  );
  return alternatives.includes("") ? "" : alternatives.join(" or ");
}
function pythonOfPoetry(poetry) {
  const python = asText(tableAt(poetry, "dependencies")["python"]);
  return python === void 0 ? void 0 : fromPoetry(python);
}
function poetryExtras(extras, dependencies) {
  return new Map(
    Object.entries(extras).map(([extra, names]) => {
      const wanted = new Set(asTexts(names).map(normalise));
      return [normalise(extra), dependencies.filter(({ name }) => wanted.has(name))];
    })
  );
}
function poetryGroups(poetry, reader) {
  const groups = Object.entries(asTable(poetry["group"])).map(
    ([name, group]) => [normalise(name), reader.poetryTable(tableAt(asTable(group), "dependencies"))]
  );
  const former = asTable(poetry["dev-dependencies"]);
  return new Map([...Object.keys(former).length > 0 ? [["dev", reader.poetryTable(former)]] : [], ...groups]);
}
function withOwnExtras(name, extras) {
  const own = name === void 0 ? void 0 : normalise(name);
  const expand = (extra, seen) => (extras.get(extra) ?? []).flatMap(
    (wanted) => wanted.name === own ? wanted.extras.filter((next) => !seen.includes(next)).flatMap((next) => expand(next, [...seen, next])) : [wanted]
  );
  return new Map([...extras.keys()].map((extra) => [extra, expand(extra, [extra])]));
}
function dependencyGroups(table2, reader, document) {
  const groups = new Map(Object.entries(table2).map(([name, entries]) => [normalise(name), entries]));
  const expand = (name, seen) => {
    const entries = groups.get(name);
    if (!Array.isArray(entries)) {
      throw new UserError({
        title: `${document.path}: the dependency group ${name} does not exist`,
        detail: `It is included by ${seen.at(-2) ?? name}.`,
        hint: "Correct include-group.",
        location: requestLines(document)(name)
      });
    }
    return entries.flatMap((entry) => {
      const included = asText(asTable(entry)["include-group"]);
      if (included === void 0) return reader.list([entry]);
      const next = normalise(included);
      return seen.includes(next) ? [] : expand(next, [...seen, next]);
    });
  };
  return new Map([...groups.keys()].map((name) => [name, expand(name, [name])]));
}
function defaultGroups(root) {
  const given = tableAt(root, "tool", "uv")["default-groups"];
  return given === "all" ? Object.keys(asTable(root["dependency-groups"])).map(normalise) : asTexts(given).map(normalise);
}
function unreadable2(document, text3, location) {
  return new UserError({
    title: `${document.path}: the dependency cannot be read: ${text3}`,
    hint: "It should look like: django>=5.2,<6 (PEP 508).",
    location
  });
}
function namedIndexes({ root }) {
  const tables = [
    ...asTables(tableAt(root, "tool", "uv")["index"]),
    ...asTables(tableAt(root, "tool", "poetry")["source"])
  ];
  return tables.flatMap((table2) => {
    const url = asText(table2["url"]);
    return url === void 0 ? [] : [{ name: asText(table2["name"]) ?? "", url, isDefault: table2["default"] === true }];
  });
}
var import_node_path29;
var init_project_dependencies = __esm({
  "src/requirements/project-dependencies.ts"() {
    "use strict";
    import_node_path29 = require("node:path");
    init_errors();
    init_documents();
    init_files();
    init_locked();
    init_requirement();
    init_versions();
  }
});

// src/requirements/pdm-lock.ts
async function readPdmLock(context) {
  const { project, path: path4, settings, environment } = context;
  const lockFile = await readDocument(project, path4, `Make it anew with: ${REFRESH}`);
  const manifestPath2 = besideLock(path4, "pyproject.toml");
  const manifest = await readDocument(project, manifestPath2, `${path4} needs the pyproject.toml that it was made from.`);
  const wanted = readProjectDependencies(manifest, project);
  const isPackage = asTable(asTable(manifest.root["tool"])["pdm"])["distribution"] !== false && wanted.isPackage;
  const lineOf3 = packageLines(lockFile);
  const tables = asTables(lockFile.root["package"]);
  const lock = { path: path4, refresh: REFRESH, packages: lockedPackages(tables, context, lineOf3) };
  checkPython(lock, asText(wanted.requiresPython), context.pythonVersion);
  const chosen = chooseGroups(
    {
      manifest: manifestPath2,
      groups: [...wanted.groups.keys()],
      defaultGroups: wanted.defaultGroups,
      extras: [...wanted.extras.keys()]
    },
    settings
  );
  const asked = { extras: new Set(chosen.extras), groups: new Set(chosen.groups) };
  const pins = reach(lock, chosenDependencies(wanted, chosen).map(asDirect), environment, asked);
  return {
    pins: [...ownPins(context, { ...wanted, isPackage }, chosen.hasMain), ...pins],
    groupsLeftOut: chosen.groupsLeftOut,
    indexes: []
  };
}
function lockedPackages(tables, context, lineOf3) {
  const isBase = (table2) => asTexts(table2["extras"]).length === 0;
  const identity = (table2) => `${normalise(asText(table2["name"]) ?? "")} ${asText(table2["version"]) ?? ""}`;
  const bases = new Set(tables.filter(isBase).map(identity));
  return tables.filter((table2) => isBase(table2) || !bases.has(identity(table2))).map((table2) => {
    const name = normalise(asText(table2["name"]) ?? "");
    const withExtras = tables.filter((each) => !isBase(each) && identity(each) === identity(table2));
    return {
      name,
      version: asText(table2["version"]),
      hashes: asTables(table2["files"]).flatMap(({ hash }) => asText(hash) ?? []),
      source: sourceOf4(table2, context),
      marker: asText(table2["marker"]),
      origin: void 0,
      dependencies: [
        ...isBase(table2) ? dependenciesOf(table2, void 0) : [],
        ...withExtras.flatMap((each) => dependenciesOf(each, name))
      ],
      location: lineOf3(name)
    };
  });
}
function dependenciesOf(table2, owner) {
  const extras = asTexts(table2["extras"]).map(normalise);
  return asTexts(table2["dependencies"]).flatMap((text3) => {
    const requirement = parseRequirement(text3);
    if (!requirement || requirement.name === owner && requirement.extras.length === 0) return [];
    return [{ ...requirement, onlyWith: owner === void 0 ? void 0 : extras }];
  });
}
function sourceOf4(table2, context) {
  const [path4, url, git] = [asText(table2["path"]), asText(table2["url"]), asText(table2["git"])];
  if (path4 !== void 0) return localSource(context, path4, table2["editable"] === true);
  if (git !== void 0)
    return {
      kind: "url",
      url: repositoryUrl(git, asText(table2["revision"]) ?? asText(table2["ref"]), asText(table2["subdirectory"]))
    };
  if (url === void 0) return indexSource(void 0);
  return { kind: "url", url };
}
var REFRESH;
var init_pdm_lock = __esm({
  "src/requirements/pdm-lock.ts"() {
    "use strict";
    init_documents();
    init_files();
    init_groups();
    init_lock_context();
    init_locked();
    init_project_dependencies();
    init_requirement();
    REFRESH = "pdm lock";
  }
});

// src/requirements/shell-words.ts
function shellWords(text3) {
  const words3 = [];
  let word;
  let quote = "";
  for (let at = 0; at < text3.length; at++) {
    const char = text3.charAt(at);
    if (quote !== "") {
      if (char === quote) quote = "";
      else if (char === "\\" && quote === '"' && /["\\$`]/.test(text3.charAt(at + 1)))
        word = (word ?? "") + text3.charAt(++at);
      else word = (word ?? "") + char;
    } else if (/\s/.test(char)) {
      if (word !== void 0) words3.push(word);
      word = void 0;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= "";
    } else if (char === "\\" && at + 1 < text3.length) word = (word ?? "") + text3.charAt(++at);
    else word = (word ?? "") + char;
  }
  if (quote !== "") return void 0;
  if (word !== void 0) words3.push(word);
  return words3;
}
var init_shell_words = __esm({
  "src/requirements/shell-words.ts"() {
    "use strict";
  }
});

// src/requirements/pip-options.ts
function readOptions(words3) {
  const options = [];
  for (let at = 0; at < words3.length; at++) {
    const { written: written2, value: attached } = splitOption(words3[at] ?? "");
    const name = nameOf(written2);
    if (name === void 0) return { option: written2, hint: ADVICE[written2] ?? `Options that can be used: ${KNOWN}.` };
    if (!KINDS[name].takesValue) {
      if (attached !== void 0) return { option: written2, hint: "It takes no value." };
      options.push({ name, value: "" });
      continue;
    }
    const value = attached ?? words3[++at];
    if (value === void 0) return { option: written2, hint: "It needs a value." };
    options.push({ name, value });
  }
  return options;
}
function splitOption(word) {
  if (word.startsWith("--")) {
    const equals = word.indexOf("=");
    return equals === -1 ? { written: word, value: void 0 } : { written: word.slice(0, equals), value: word.slice(equals + 1) };
  }
  return /^-\w./.test(word) ? { written: word.slice(0, 2), value: word.slice(2).replace(/^=/, "") } : { written: word, value: void 0 };
}
function nameOf(written2) {
  return Object.hasOwn(KINDS, written2) ? written2 : SYNONYMS[written2];
}
function readPipArgs(pipArgs, project) {
  const words3 = shellWords(pipArgs ?? "");
  if (words3 === void 0)
    throw new UserError(
      { title: "pip-args: a quote is not closed", hint: "Quote values as in a shell." },
      { exitCode: 2 }
    );
  const options = readOptions(words3);
  if ("option" in options) {
    const { option, hint } = options;
    const title = option.startsWith("-") ? `pip-args: ${option} cannot be used here` : "pip-args has a word that is no option";
    throw new UserError({ title, hint }, { exitCode: 2 });
  }
  return options.map((option) => withAbsolutePath(option, project));
}
function withAbsolutePath({ name, value }, folder) {
  const isPath = (name === "--find-links" || name === "--constraint") && !isAddress(value);
  return { name, value: isPath && !(0, import_node_path30.isAbsolute)(value) ? (0, import_node_path30.join)(folder, value) : value };
}
function isAddress(value) {
  return /^[a-z][a-z0-9+.-]*:/i.test(value) || value.startsWith("${");
}
function has(options, name) {
  return options.some((option) => option.name === name);
}
function downloadOptions(options) {
  return options.filter(({ name }) => KINDS[name].isForDownload).flatMap(words2);
}
function words2({ name, value }) {
  return KINDS[name].takesValue ? [name, value] : [name];
}
function refuseChoices(options, lock) {
  const choosing = options.find(({ name }) => KINDS[name].choosesVersions);
  if (choosing === void 0) return;
  throw new UserError(
    {
      title: `pip-args: ${choosing.name} cannot change ${lock}, where every version is chosen`,
      hint: "Apply it when the lock is made, or leave it out."
    },
    { exitCode: 2 }
  );
}
function uvOptions(options) {
  const lines2 = options.filter(({ name }) => IN_FILES_OF_UV.has(name)).map(({ name, value }) => value === "" ? name : `${name} ${value}`);
  const words3 = options.flatMap(({ name, value }) => {
    if (name === "--pre") return ["--prerelease", "allow"];
    if (name === "--trusted-host") return ["--allow-insecure-host", value];
    if (name === "--no-deps") return [name];
    if (name === "--no-binary" || name === "--only-binary") return value.split(",").flatMap((each) => [name, each]);
    return [];
  });
  return { lines: lines2, words: words3 };
}
var import_node_path30, source, KINDS, SYNONYMS, CHOSEN_HERE, PLACED_HERE, BY_VARIABLE, ADVICE, KNOWN, IN_FILES_OF_UV;
var init_pip_options = __esm({
  "src/requirements/pip-options.ts"() {
    "use strict";
    import_node_path30 = require("node:path");
    init_errors();
    init_shell_words();
    source = { takesValue: true, isForDownload: true, choosesVersions: false };
    KINDS = {
      "--index-url": { ...source, short: "-i" },
      "--extra-index-url": source,
      "--find-links": { ...source, short: "-f" },
      "--no-index": { ...source, takesValue: false },
      "--trusted-host": source,
      "--no-binary": source,
      "--only-binary": source,
      "--prefer-binary": { ...source, takesValue: false },
      "--pre": { takesValue: false, isForDownload: false, choosesVersions: true },
      "--no-deps": { takesValue: false, isForDownload: false, choosesVersions: false },
      "--constraint": { takesValue: true, short: "-c", isForDownload: false, choosesVersions: true },
      "--require-hashes": { takesValue: false, isForDownload: false, choosesVersions: false }
    };
    SYNONYMS = {
      "--pypi-url": "--index-url",
      "--no-dependencies": "--no-deps",
      ...Object.fromEntries(
        Object.entries(KINDS).flatMap(([name, kind]) => "short" in kind ? [[kind.short, name]] : [])
      )
    };
    CHOSEN_HERE = "Leave it out: runtime and architecture say what is installed for.";
    PLACED_HERE = "Leave it out: where the distributions are installed is chosen by this program.";
    BY_VARIABLE = "Leave it out, and set the variable of pip and of uv for it:";
    ADVICE = {
      "--target": PLACED_HERE,
      "-t": PLACED_HERE,
      "--prefix": PLACED_HERE,
      "--root": PLACED_HERE,
      "--user": PLACED_HERE,
      "--dest": PLACED_HERE,
      "-d": PLACED_HERE,
      "--src": PLACED_HERE,
      "--platform": CHOSEN_HERE,
      "--python-version": CHOSEN_HERE,
      "--implementation": CHOSEN_HERE,
      "--abi": CHOSEN_HERE,
      "--python": "Set runtime, or python-bin for the host builder.",
      "--requirement": "Set requirements to that file, or include it there with -r.",
      "-r": "Set requirements to that file, or include it there with -r.",
      "--editable": "Write it into the manifest.",
      "-e": "Write it into the manifest.",
      "--upgrade": "Leave it out: what is not locked is resolved anew when the manifest changes.",
      "-U": "Leave it out: what is not locked is resolved anew when the manifest changes.",
      "--compile": "Set bytecode.",
      "--no-compile": "Set bytecode.",
      "--cert": "Set ca-file.",
      "--proxy": `${BY_VARIABLE} HTTPS_PROXY.`,
      "--timeout": `${BY_VARIABLE} PIP_DEFAULT_TIMEOUT and UV_HTTP_TIMEOUT.`,
      "--retries": `${BY_VARIABLE} PIP_RETRIES and UV_HTTP_RETRIES.`,
      "--cache-dir": `${BY_VARIABLE} PIP_CACHE_DIR and UV_CACHE_DIR.`,
      "--no-cache-dir": `${BY_VARIABLE} PIP_NO_CACHE_DIR and UV_NO_CACHE.`
    };
    KNOWN = Object.keys(KINDS).join(", ");
    IN_FILES_OF_UV = /* @__PURE__ */ new Set([
      "--index-url",
      "--extra-index-url",
      "--find-links",
      "--no-index"
    ]);
  }
});

// src/requirements/pipfile-lock.ts
async function readPipfileLock(context) {
  const { project, path: path4, settings, environment, pythonVersion } = context;
  const lockFile = await readDocument(project, path4, `Make it anew with: ${REFRESH2}`);
  const meta = asTable(lockFile.root["_meta"]);
  const sources = asTables(meta["sources"]);
  checkPython({ path: path4, refresh: REFRESH2 }, requiredPython(asTable(meta["requires"])), pythonVersion);
  const categories = Object.keys(lockFile.root).filter((name) => name !== "_meta" && name !== MAIN);
  const asCategory = (name) => CATEGORIES[normalise(name)] ?? normalise(name);
  const chosen = chooseGroups(
    { manifest: path4, groups: categories.map(normalise), defaultGroups: [], extras: [] },
    {
      ...settings,
      groups: settings.groups.map(asCategory).filter((name) => name !== MAIN),
      withoutGroups: settings.withoutGroups.map(asCategory),
      onlyGroups: settings.onlyGroups.map(asCategory)
    }
  );
  const wanted = [
    ...chosen.hasMain ? [MAIN] : [],
    ...categories.filter((name) => chosen.groups.includes(normalise(name)))
  ];
  const pipfile = await readPipfile(context);
  if (pipfile) compareWithPipfile(context, pipfile, lockFile, wanted);
  const asked = markersOf(pipfile);
  const lineOf3 = packageLines(lockFile);
  const pins = /* @__PURE__ */ new Map();
  for (const [written2, value] of wanted.flatMap((category) => Object.entries(asTable(lockFile.root[category])))) {
    const [name, table2] = [normalise(written2), asTable(value)];
    if (pins.has(name) || !holds(markerOf(table2), environment) || !holds(asked.get(name), environment)) continue;
    pins.set(name, pinOfEntry(name, table2, sourceOf5(table2, sources, context), lineOf3(name), asked.has(name)));
  }
  const indexes = sources.flatMap(({ name, url }) => {
    const address = asText(url);
    return address === void 0 || isPublicIndex(address) ? [] : [{ name: asText(name) ?? "", url: address }];
  });
  return { pins: [...pins.values()], groupsLeftOut: chosen.groupsLeftOut, indexes };
}
function pinOfEntry(name, table2, source2, location, isDirect) {
  const version = exactVersion(asText(table2["version"]) ?? "");
  if (version !== void 0 || source2.kind !== "index")
    return pinOf({ name, version, hashes: asTexts(table2["hashes"]), location }, source2, isDirect ? [""] : []);
  throw new UserError({
    title: `${location.file} has no version of ${name}`,
    detail: "Pipenv leaves it out for what is not needed on the machine that makes the lock.",
    hint: `Make the lock on Linux, with: ${REFRESH2}`,
    location
  });
}
function requiredPython(requires) {
  const [full, minor] = [asText(requires["python_full_version"]), asText(requires["python_version"])];
  if (minor !== void 0) return `==${minor}.*`;
  return full === void 0 ? void 0 : `==${full.split(".").slice(0, 2).join(".")}.*`;
}
function sourceOf5(table2, sources, context) {
  const isEditable = table2["editable"] === true;
  const path4 = asText(table2["path"]);
  if (path4 !== void 0) return localSource(context, path4, isEditable);
  const file = asText(table2["file"]);
  if (file !== void 0)
    return /^(?!file:)[a-z]+:\/\//.test(file) ? { kind: "url", url: file } : localSource(context, file, isEditable);
  for (const tool of ["git", "hg", "svn", "bzr"]) {
    const address = asText(table2[tool]);
    if (address !== void 0)
      return { kind: "url", url: repositoryUrl(address, asText(table2["ref"]), asText(table2["subdirectory"]), tool) };
  }
  return indexSource(asText(sources.find(({ name }) => name !== void 0 && name === table2["index"])?.["url"]));
}
async function readPipfile({ project, path: path4 }) {
  const pipfilePath = besideLock(path4, "Pipfile");
  if (!(0, import_node_fs14.existsSync)((0, import_node_path31.join)(project, pipfilePath))) return void 0;
  return await readDocument(project, pipfilePath, `Correct it, then: ${REFRESH2}`);
}
function markersOf(pipfile) {
  const sections = Object.values(pipfile?.root ?? {}).flatMap((section) => Object.entries(asTable(section)));
  return new Map(sections.map(([name, given]) => [normalise(name), markerOf(asTable(given))]));
}
function compareWithPipfile({ path: path4, environment }, pipfile, lockFile, wanted) {
  const lineOf3 = requestLines(pipfile);
  for (const [section, value] of Object.entries(pipfile.root)) {
    const category = CATEGORIES[section] ?? section;
    if (!wanted.includes(category)) continue;
    const locked = new Map(
      Object.entries(asTable(lockFile.root[category])).map(([name, entry]) => [normalise(name), asTable(entry)])
    );
    for (const [written2, given] of Object.entries(asTable(value))) {
      const name = normalise(written2);
      if (!holds(markerOf(asTable(given)), environment)) continue;
      const entry = locked.get(name);
      const lock = { path: path4, refresh: REFRESH2 };
      if (!entry) throw staleLock(lock, `${name} is not in ${path4}`, lineOf3(name));
      const specifier = fromPoetry(asText(given) ?? asText(asTable(given)["version"]) ?? "*");
      const version = exactVersion(asText(entry["version"]) ?? "");
      if (version === void 0 || satisfies2(version, specifier)) continue;
      throw staleLock(lock, `${path4} has ${name} ${version}, and ${pipfile.path} asks for ${specifier}`, lineOf3(name));
    }
  }
}
function markerOf(table2) {
  const short = [
    "os_name",
    "sys_platform",
    "platform_machine",
    "platform_system",
    "python_version",
    "python_full_version",
    "implementation_name"
  ];
  const parts = short.flatMap((variable) => {
    const condition = asText(table2[variable]);
    return condition === void 0 ? [] : [`${variable} ${condition}`];
  });
  const whole = asText(table2["markers"]);
  const all = whole === void 0 ? parts : [`(${whole})`, ...parts];
  return all.length === 0 ? void 0 : all.join(" and ");
}
var import_node_fs14, import_node_path31, REFRESH2, CATEGORIES, MAIN;
var init_pipfile_lock = __esm({
  "src/requirements/pipfile-lock.ts"() {
    "use strict";
    import_node_fs14 = require("node:fs");
    import_node_path31 = require("node:path");
    init_errors();
    init_documents();
    init_files();
    init_groups();
    init_lock_context();
    init_locked();
    init_markers();
    init_project_dependencies();
    init_versions();
    REFRESH2 = "pipenv lock";
    CATEGORIES = { packages: "default", dev: "develop", "dev-packages": "develop" };
    MAIN = "default";
  }
});

// src/requirements/plain-pins.ts
function plainPins(pins, manifest) {
  for (const pin2 of pins) {
    const { name, version, hashes, source: source2, location } = pin2;
    const wrong2 = [
      NAME2.test(name) ? void 0 : name,
      version === void 0 || VERSION.test(version) ? void 0 : version,
      hashes.find((hash) => !HASH.test(hash)),
      source2.kind === "url" && BREAK.test(source2.url) ? source2.url : void 0
    ].find((each) => each !== void 0);
    if (wrong2 === void 0) continue;
    throw unreadable3(manifest, wrong2, location ?? { file: manifest, line: 1 });
  }
  return pins;
}
function checkAddress(address, manifest) {
  if (BREAK.test(address)) throw unreadable3(manifest, address, { file: manifest, line: 1 });
}
function unreadable3(manifest, text3, location) {
  return new UserError({
    title: `${manifest}: ${JSON.stringify(withoutCredentials(text3))} is no name, version, hash or address of a distribution`,
    hint: "No tool writes that: look at who changed the file, and make it anew.",
    location
  });
}
var NAME2, VERSION, HASH, BREAK;
var init_plain_pins = __esm({
  "src/requirements/plain-pins.ts"() {
    "use strict";
    init_errors();
    init_credentials();
    NAME2 = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
    VERSION = /^[A-Za-z0-9][A-Za-z0-9.!+_-]*$/;
    HASH = /^[a-z0-9_]+:[0-9a-f]+$/i;
    BREAK = /[\s\p{Cc}]/u;
  }
});

// src/requirements/poetry-lock.ts
async function readPoetryLock(context) {
  const { project, path: path4, settings, environment } = context;
  const lockFile = await readDocument(project, path4, `Make it anew with: ${REFRESH3}`);
  const manifestPath2 = besideLock(path4, "pyproject.toml");
  const manifest = await readDocument(project, manifestPath2, `${path4} needs the pyproject.toml that it was made from.`);
  const wanted = readProjectDependencies(manifest, project);
  const metadata = asTable(lockFile.root["metadata"]);
  const lineOf3 = packageLines(lockFile);
  const lock = {
    path: path4,
    refresh: REFRESH3,
    packages: asTables(lockFile.root["package"]).map((table2) => lockedPackage(table2, metadata, context, lineOf3))
  };
  checkPython(lock, pythonOf(metadata), context.pythonVersion);
  const chosen = chooseGroups(
    {
      manifest: manifestPath2,
      groups: [...wanted.groups.keys()],
      defaultGroups: wanted.defaultGroups,
      extras: [...wanted.extras.keys()]
    },
    settings
  );
  const asked = { extras: new Set(chosen.extras), groups: new Set(chosen.groups) };
  const pins = reach(lock, chosenDependencies(wanted, chosen).map(asDirect), environment, asked);
  return {
    pins: [...ownPins(context, wanted, chosen.hasMain), ...pins],
    groupsLeftOut: chosen.groupsLeftOut,
    indexes: usedIndexes(pins, namedIndexes(manifest))
  };
}
function pythonOf(metadata) {
  const python = asText(metadata["python-versions"]);
  return python === void 0 ? void 0 : fromPoetry(python);
}
function lockedPackage(table2, metadata, context, lineOf3) {
  const written2 = asText(table2["name"]) ?? "";
  const name = normalise(written2);
  const files = table2["files"] ?? asTable(metadata["files"])[written2];
  return {
    name,
    version: asText(table2["version"]),
    hashes: asTables(files).flatMap(({ hash }) => asText(hash) ?? []),
    source: sourceOf6(asTable(table2["source"]), table2["develop"] === true, context),
    marker: markerOf2(table2),
    origin: void 0,
    dependencies: dependenciesOf2(name, asTable(table2["dependencies"]), asTable(table2["extras"])),
    location: lineOf3(name)
  };
}
function markerOf2({ markers, groups }) {
  if (typeof markers === "string") return markers;
  const byGroup = asTable(markers);
  const all = asTexts(groups).map((group) => asText(byGroup[group]));
  return all.length === 0 || all.includes(void 0) ? void 0 : all.map((marker) => `(${marker ?? ""})`).join(" or ");
}
function sourceOf6(source2, isEditable, context) {
  const url = asText(source2["url"]) ?? "";
  switch (source2["type"]) {
    case void 0:
      return { kind: "index" };
    case "legacy":
      return indexSource(url);
    case "directory":
    case "file":
      return localSource(context, url, isEditable);
    case "url":
      return { kind: "url", url };
    case "git":
      return { kind: "url", url: repositoryUrl(url, commitOf(source2), asText(source2["subdirectory"])) };
    default:
      throw new UserError({
        title: `${context.path} has a source of the type ${String(source2["type"])}, which cannot be installed`,
        detail: url,
        hint: "Depend on an archive, a repository of git or an index."
      });
  }
}
function commitOf(source2) {
  return asText(source2["resolved_reference"]) ?? asText(source2["reference"]);
}
function dependenciesOf2(owner, dependencies, extras) {
  const bringing = extrasByDependency(extras);
  const listed = Object.entries(dependencies).flatMap(
    ([name, value]) => (Array.isArray(value) ? value : [value]).map((each) => dependencyOf(name, each, bringing))
  );
  return [...listed, ...ownExtras(owner, extras)];
}
function dependencyOf(name, value, bringing) {
  const table2 = typeof value === "string" ? { version: value } : asTable(value);
  const marker = asText(table2["markers"]);
  const isOptional = table2["optional"] === true && marker?.includes("extra") !== true;
  return {
    name: normalise(name),
    extras: asTexts(table2["extras"]).map(normalise),
    specifier: fromPoetry(asText(table2["version"]) ?? ""),
    marker,
    onlyWith: isOptional ? bringing.get(normalise(name)) ?? [] : void 0
  };
}
function extrasByDependency(extras) {
  const bringing = /* @__PURE__ */ new Map();
  for (const [extra, entries] of Object.entries(extras)) {
    for (const entry of asTexts(entries)) {
      const name = parseRequirement(entry)?.name;
      if (name !== void 0) bringing.set(name, [...bringing.get(name) ?? [], normalise(extra)]);
    }
  }
  return bringing;
}
function ownExtras(owner, extras) {
  return Object.entries(extras).flatMap(
    ([extra, entries]) => asTexts(entries).flatMap((entry) => {
      const own = parseRequirement(entry);
      if (own?.name !== owner) return [];
      return [{ ...own, specifier: "", marker: void 0, onlyWith: [normalise(extra)] }];
    })
  );
}
var REFRESH3;
var init_poetry_lock = __esm({
  "src/requirements/poetry-lock.ts"() {
    "use strict";
    init_errors();
    init_documents();
    init_files();
    init_groups();
    init_lock_context();
    init_locked();
    init_project_dependencies();
    init_requirement();
    init_versions();
    REFRESH3 = "poetry lock";
  }
});

// src/requirements/pylock.ts
async function readPylock(context) {
  const { project, path: path4, settings, environment, pythonVersion } = context;
  const document = await readDocument(project, path4, "Make it anew with the tool that wrote it.");
  const { root } = document;
  const refresh = refreshOf(asText(root["created-by"]), path4);
  checkFormat(path4, root["lock-version"], /^1\./, `Make it anew with: ${refresh}`);
  checkPython({ path: path4, refresh }, asText(root["requires-python"]), pythonVersion);
  const chosen = chooseGroups(
    {
      manifest: path4,
      groups: [...new Set([...asTexts(root["dependency-groups"]), ...asTexts(root["default-groups"])].map(normalise))],
      defaultGroups: asTexts(root["default-groups"]).map(normalise),
      extras: asTexts(root["extras"]).map(normalise)
    },
    settings
  );
  const asked = { extras: new Set(chosen.extras), groups: new Set(chosen.groups) };
  checkEnvironments(asTexts(root["environments"]), context, refresh);
  const tables = asTables(root["packages"]).filter((table2) => holds(asText(table2["marker"]), environment, asked));
  const pins = withRequirers(
    tables,
    tables.map((table2) => pinOfTable(table2, context, packageLines(document)))
  );
  const direct = await compareWithProject(context, { path: path4, refresh }, pins, chosen);
  return {
    pins: pins.map((pin2) => askedByProject(pin2, direct)),
    groupsLeftOut: chosen.groupsLeftOut,
    indexes: usedIndexes(pins, [])
  };
}
function refreshOf(tool, path4) {
  if (tool === "uv") return `uv export --format pylock.toml -o ${path4}`;
  if (tool === "pdm") return `pdm export -f pylock -o ${path4}`;
  return tool === "pip" ? `pip lock -o ${path4} -r FILE` : tool ?? "the tool that wrote it";
}
function checkEnvironments(markers, { path: path4, environment }, refresh) {
  if (markers.length === 0 || markers.some((marker) => holds(marker, environment))) return;
  throw new UserError({
    title: `${path4} was not made for ${environment["sys_platform"] ?? ""} on ${environment["platform_machine"] ?? ""}`,
    detail: `Its environments: ${markers.join("; ")}`,
    hint: `Make it anew with: ${refresh}`,
    location: { file: path4, line: 1 }
  });
}
function pinOfTable(table2, context, lineOf3) {
  const name = normalise(asText(table2["name"]) ?? "");
  const archives = [asTable(table2["archive"]), asTable(table2["sdist"]), ...asTables(table2["wheels"])];
  const hashes = archives.flatMap(
    ({ hashes: hashes2 }) => Object.entries(asTable(hashes2)).map(([algorithm, digest]) => `${algorithm}:${String(digest)}`)
  );
  return pinOf(
    { name, version: asText(table2["version"]), hashes, location: lineOf3(name) },
    sourceOf7(table2, context),
    []
  );
}
function sourceOf7(table2, context) {
  const [vcs, directory, archive] = [asTable(table2["vcs"]), asTable(table2["directory"]), asTable(table2["archive"])];
  const local = asText(directory["path"]) ?? asText(archive["path"]);
  if (local !== void 0) return localSource(context, local, directory["editable"] === true);
  const url = asText(archive["url"]);
  if (url !== void 0) return { kind: "url", url };
  const address = asText(vcs["url"]) ?? asText(vcs["path"]);
  if (address !== void 0)
    return {
      kind: "url",
      url: repositoryUrl(address, asText(vcs["commit-id"]), asText(vcs["subdirectory"]), asText(vcs["type"]))
    };
  return indexSource(asText(table2["index"]));
}
function askedByProject(pin2, direct) {
  return direct.has(pin2.name) ? { ...pin2, requiredBy: ["", ...pin2.requiredBy] } : pin2;
}
function dependenciesOf3(table2) {
  const standard = asTables(table2["dependencies"]).map(({ name }) => normalise(asText(name) ?? ""));
  const pdms = asTexts(tableAt(table2, "tool", "pdm")["dependencies"]);
  return [...standard, ...pdms.flatMap((text3) => parseRequirement(text3)?.name ?? [])];
}
function withRequirers(tables, pins) {
  const requirers = /* @__PURE__ */ new Map();
  for (const [index, table2] of tables.entries()) {
    for (const asked of dependenciesOf3(table2)) {
      requirers.set(asked, (requirers.get(asked) ?? /* @__PURE__ */ new Set()).add(pins[index]?.name ?? ""));
    }
  }
  return pins.map((pin2) => ({ ...pin2, requiredBy: [...requirers.get(pin2.name) ?? []].toSorted() }));
}
async function compareWithProject({ project, path: path4, environment }, lock, pins, chosen) {
  const manifestPath2 = besideLock(path4, "pyproject.toml");
  if (!/(?:^|\/)pylock\.toml$/.test(path4) || !(0, import_node_fs15.existsSync)((0, import_node_path32.join)(project, manifestPath2))) return /* @__PURE__ */ new Set();
  const manifest = await readDocument(project, manifestPath2, "Correct it.");
  const wanted = readProjectDependencies(manifest, project);
  const locked = new Map(pins.map((pin2) => [pin2.name, pin2]));
  const asked = chosenDependencies(wanted, { ...chosen, groups: [] }).map(asDirect);
  for (const direct of asked) {
    if (!holds(direct.marker, environment)) continue;
    const pin2 = locked.get(direct.name);
    if (!pin2) throw staleLock(lock, `${direct.name} is not in ${path4}`, direct.location);
    if (pin2.version === void 0 || pin2.source.kind !== "index" || satisfies2(pin2.version, direct.specifier)) continue;
    throw staleLock(
      lock,
      `${path4} has ${direct.name} ${pin2.version}, and ${manifestPath2} asks for ${direct.specifier}`,
      direct.location
    );
  }
  return new Set(asked.map(({ name }) => name));
}
var import_node_fs15, import_node_path32;
var init_pylock = __esm({
  "src/requirements/pylock.ts"() {
    "use strict";
    import_node_fs15 = require("node:fs");
    import_node_path32 = require("node:path");
    init_errors();
    init_documents();
    init_files();
    init_groups();
    init_lock_context();
    init_locked();
    init_markers();
    init_project_dependencies();
    init_requirement();
    init_versions();
  }
});

// src/requirements/compiled.ts
function readCompiled(text3) {
  const blocks = [];
  for (const line of text3.split("\n")) {
    if (/^\S/.test(line) && !line.startsWith("#") && !line.startsWith("--")) blocks.push([line]);
    else if (/^\s/.test(line)) blocks.at(-1)?.push(line);
  }
  return blocks.flatMap(([first = "", ...rest]) => {
    const requirement = parseRequirement(first.replace(/\s*\\$/, "").replace(/\s+#.*$/, ""));
    if (!requirement) return [];
    const { name, specifier, url } = requirement;
    return [
      {
        name,
        version: /^==(.*)$/.exec(specifier)?.[1],
        url,
        hashes: rest.flatMap((line) => /--hash=(\S+)/.exec(line)?.[1] ?? []),
        requiredBy: requirersIn(rest)
      }
    ];
  });
}
function requirersIn(lines2) {
  const written2 = lines2.flatMap((line) => /^\s*#\s+(?:via\s+)?(\S.*)$/.exec(line)?.[1] ?? []).filter((name) => name !== "via");
  return [
    ...new Set(
      written2.filter((name) => !name.startsWith("-c ")).map((name) => name.startsWith("-r ") ? "" : normalise(name))
    )
  ];
}
var init_compiled = __esm({
  "src/requirements/compiled.ts"() {
    "use strict";
    init_files();
    init_requirement();
  }
});

// src/requirements/local-project.ts
async function readLocalProject(project, path4) {
  const found = await (0, import_promises39.stat)(path4);
  if (!found.isDirectory()) {
    const identity = archiveIdentity(path4);
    const name = identity?.name ?? normalise((0, import_node_path33.basename)(path4));
    return {
      name,
      statedName: identity?.name,
      version: identity?.version,
      dependencies: void 0,
      texts: [`${found.size} ${found.mtimeMs}`]
    };
  }
  const texts = await Promise.all(DESCRIPTIONS.map((name) => (0, import_promises39.readFile)((0, import_node_path33.join)(path4, name), "utf8").catch(() => "")));
  const [pyproject = "", ...setup] = texts;
  const document = parseDocument(relativePath(project, (0, import_node_path33.join)(path4, "pyproject.toml")), pyproject, "Correct it.");
  const dependencies = readProjectDependencies(document, project);
  const own = asTable(document.root["project"]);
  const isStatic = own["name"] !== void 0 && !asTexts(own["dynamic"]).some((field) => /dependencies$/.test(field));
  const isPoetrys = asTable(asTable(document.root["tool"])["poetry"])["dependencies"] !== void 0;
  const statedName = dependencies.name ?? nameIn(setup);
  return {
    name: statedName ?? normalise((0, import_node_path33.basename)(path4)),
    statedName,
    version: typeof own["version"] === "string" ? own["version"] : void 0,
    dependencies: isStatic || isPoetrys ? dependencies : void 0,
    texts
  };
}
function nameIn(texts) {
  const name = texts.map((text3) => /^\s*(?:.*\()?\s*name\s*=\s*["']?([A-Za-z0-9][\w.-]*)/m.exec(text3)?.[1]).find(Boolean);
  return name === void 0 ? void 0 : normalise(name);
}
var import_promises39, import_node_path33, DESCRIPTIONS;
var init_local_project = __esm({
  "src/requirements/local-project.ts"() {
    "use strict";
    import_promises39 = require("node:fs/promises");
    import_node_path33 = require("node:path");
    init_documents();
    init_files();
    init_lock_context();
    init_project_dependencies();
    init_requirement();
    DESCRIPTIONS = ["pyproject.toml", "setup.cfg", "setup.py"];
  }
});

// src/requirements/requirements-list.ts
async function readRequirementsList(project, path4) {
  return interpret(project, await readRequirementsFiles(project, path4));
}
async function readConstraints(project, path4) {
  const shown = import_node_path34.posix.relative(project, path4);
  const list = interpret(project, await readRequirementsFiles(project, shown));
  return [...list.entries, ...list.constraints];
}
function interpret(project, files) {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const entries = [];
  const constraints = [];
  const options = [];
  const remoteFiles = [];
  const seen = /* @__PURE__ */ new Set();
  const visit = (file, isConstraint) => {
    if (seen.has(`${file.path} ${String(isConstraint)}`)) return;
    seen.add(`${file.path} ${String(isConstraint)}`);
    for (const { text: text3, number: number2 } of file.lines) {
      const location = { file: file.path, line: number2 };
      const included = includeOf(text3);
      if (included?.isRemote === true)
        remoteFiles.push(`${included.isConstraint || isConstraint ? "-c" : "-r"} ${included.path}`);
      else if (included) {
        const next = byPath.get(import_node_path34.posix.join(import_node_path34.posix.dirname(file.path), included.path));
        if (next) visit(next, included.isConstraint || isConstraint);
      } else if (isOptionLine(text3)) options.push(...optionsOf(text3, location, (0, import_node_path34.join)(project, import_node_path34.posix.dirname(file.path))));
      else (isConstraint ? constraints : entries).push(entryOf(text3, location, project));
    }
  };
  const [manifest] = files;
  if (manifest) visit(manifest, false);
  const isCompiled = files.some(({ text: text3 }) => COMPILED.test(text3));
  return { entries, constraints, options, remoteFiles, isCompiled, files };
}
function includeOf(text3) {
  const [, option = "", path4] = /^(-r|--requirement|-c|--constraint)(?:\s*=\s*|\s+|(?<=-[rc]))(\S.*)$/.exec(text3) ?? [];
  if (path4 === void 0) return void 0;
  return {
    path: unquoted(path4),
    isConstraint: /^(?:-c|--c)/.test(option),
    isRemote: /^[a-z][a-z0-9+.-]*:\/\//i.test(unquoted(path4))
  };
}
function unquoted(text3) {
  return text3.trim().replace(/^(["'])(.*)\1$/, "$2");
}
function isOptionLine(text3) {
  return text3.startsWith("-") && !EDITABLE.test(text3);
}
function optionsOf(text3, location, folder) {
  const words3 = shellWords(text3);
  const options = words3 === void 0 ? { option: "a quote that is not closed", hint: "Close it." } : readOptions(words3);
  if (!("option" in options)) return options.map((option) => withAbsolutePath(option, folder));
  throw new UserError({
    title: `${location.file}, line ${location.line}: ${options.option} cannot be used here`,
    hint: options.hint,
    location
  });
}
function entryOf(line, location, project) {
  const isEditable = EDITABLE.test(line);
  const { text: text3, hashes } = splitOptions(line.replace(EDITABLE, ""), location);
  const common = { hashes, location, isEditable };
  const local = localOf(text3, project, location);
  if (local) return { ...common, ...local };
  const requirement = parseRequirement(text3);
  if (requirement) {
    const path4 = fileOf(requirement.url);
    return { ...common, ...requirement, url: path4 === void 0 ? requirement.url : void 0, path: path4 };
  }
  const bare = bareUrl(text3);
  if (bare) return { ...common, ...bare };
  throw new UserError({
    title: `${location.file}, line ${location.line}: the requirement cannot be read: ${withoutCredentials(text3)}`,
    hint: "It should look like: django>=5.2,<6; or name @ https://… for an archive (PEP 508).",
    location
  });
}
function splitOptions(line, location) {
  const [text3 = "", ...options] = line.split(/\s+(?=--)/);
  const hashes = options.flatMap((option) => /^--hash[=\s]\s*(\S+)$/.exec(option.trim())?.[1] ?? []);
  const other = options.find((option) => !option.startsWith("--hash"));
  if (other === void 0) return { text: text3.trim(), hashes };
  throw new UserError({
    title: `${location.file}, line ${location.line}: ${other.split(/[\s=]/, 1)[0] ?? ""} cannot be used here`,
    hint: "Behind a requirement, only --hash is understood.",
    location
  });
}
function localOf(text3, project, location) {
  const [written2 = "", marker] = text3.split(/\s*;\s+|\s+;\s*/, 2);
  const [, path4 = "", extras = ""] = /^(.*?)(?:\[([\w\s,.-]*)\])?$/.exec(unquoted(written2)) ?? [];
  const isPath = /^(?:\.{0,2}\/|\.{1,2}$|[A-Za-z]:\\|file:)/.test(path4) || /^[^@<>=!~\s:]*\/[^@\s:]*$/.test(path4);
  const isArchive = !path4.includes(":") && /\.(?:whl|tar\.gz|zip)$/.test(path4);
  if (!isPath && !isArchive) return void 0;
  const common = {
    extras: extras.split(",").map((extra) => extra.trim()).filter((extra) => extra !== ""),
    specifier: "",
    url: void 0,
    marker
  };
  return { ...common, name: archiveIdentity(path4)?.name, path: foundPath(path4, project, location) };
}
function foundPath(written2, project, location) {
  const path4 = fileOf(written2) ?? written2;
  const folders = [project, (0, import_node_path34.join)(project, import_node_path34.posix.dirname(location.file))];
  const candidates = (0, import_node_path34.isAbsolute)(path4) ? [path4] : folders.map((folder) => (0, import_node_path34.join)(folder, path4));
  const found = candidates.find((candidate) => (0, import_node_fs16.existsSync)(candidate));
  if (found !== void 0) return found.replace(/(?<=.)\/$/, "");
  throw new UserError({
    title: `${location.file}, line ${location.line}: ${written2} does not exist`,
    hint: "Paths are relative to the project.",
    location
  });
}
function fileOf(url) {
  if (url?.startsWith("file:") !== true) return void 0;
  const bare = url.replace(/[?#].*$/, "");
  return bare.startsWith("file:///") ? (0, import_node_url.fileURLToPath)(bare) : bare.slice("file:".length);
}
function bareUrl(text3) {
  const [url = "", marker] = text3.split(/\s*;\s+|\s+;\s*/, 2);
  if (!isAddress(url) || /\s/.test(url)) return void 0;
  const name = eggName(url) ?? archiveIdentity(url)?.name;
  return { name, extras: [], specifier: "", url, marker, path: void 0 };
}
var import_node_fs16, import_node_path34, import_node_url, COMPILED, EDITABLE;
var init_requirements_list = __esm({
  "src/requirements/requirements-list.ts"() {
    "use strict";
    import_node_fs16 = require("node:fs");
    import_node_path34 = require("node:path");
    import_node_url = require("node:url");
    init_errors();
    init_credentials();
    init_files();
    init_pip_options();
    init_requirement();
    init_shell_words();
    COMPILED = /^# .*autogenerated by (?:pip-compile|uv)|^# .*@generated by PDM/im;
    EDITABLE = /^(?:-e|--editable)(?:\s*=\s*|\s+)/;
  }
});

// src/requirements/requirements-pins.ts
function activeEntries(entries, environment) {
  return entries.filter(({ marker, location }) => {
    try {
      return holds(marker, environment);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const title = `${location.file}, line ${location.line}: ${error.title}`;
      throw new UserError({ title, hint: error.hint, location }, { cause: error });
    }
  });
}
function isComplete(entries, { isCompiled, options }) {
  const isWhole2 = isCompiled || has(options, "--no-deps") || entries.some(({ hashes }) => hashes.length > 0);
  return entries.length === 0 || isWhole2 && entries.every((entry) => isFixed(entry, isCompiled || has(options, "--no-deps")));
}
function isFixed({ path: path4, name, url, specifier, hashes }, isWhole2) {
  if (path4 !== void 0) return true;
  if (name === void 0 || hashes.length === 0 && !isWhole2) return false;
  return url !== void 0 || exactVersion(specifier) !== void 0;
}
function checkHashes(entries, options) {
  const bare = entries.find(({ hashes }) => hashes.length === 0);
  if (bare === void 0 || !has(options, "--require-hashes")) return;
  const { name, location } = bare;
  throw new UserError({
    title: `${location.file}, line ${location.line}: ${name ?? "the requirement"} has no --hash, and --require-hashes is set`,
    hint: "Write the file with: uv pip compile --generate-hashes",
    location
  });
}
function pinsOfEntries(entries, constraints, localName) {
  const pins = /* @__PURE__ */ new Map();
  for (const entry of entries) {
    const pin2 = pinOfEntry2(entry, localName);
    const before = pins.get(pin2.name);
    if (before) checkSame(before, pin2);
    pins.set(pin2.name, before ? { ...before, hashes: [.../* @__PURE__ */ new Set([...before.hashes, ...pin2.hashes])] } : pin2);
  }
  for (const constraint of constraints) checkConstraint(constraint, pins);
  return [...pins.values()];
}
function pinOfEntry2(entry, localName) {
  const { name, specifier, hashes, location } = entry;
  const identity = { name: name ?? localName(entry), version: exactVersion(specifier), hashes, location };
  return pinOf(identity, sourceOf8(entry), []);
}
function sourceOf8({ path: path4, url, isEditable }) {
  if (path4 !== void 0) return { kind: "local", path: path4, isEditable };
  return url === void 0 ? { kind: "index" } : { kind: "url", url };
}
function checkSame(one, other) {
  const describe3 = ({ version, source: source2 }) => source2.kind === "url" ? withoutCredentials(source2.url) : version ?? "";
  if (describe3(one) === describe3(other)) return;
  throw new UserError({
    title: `${other.name} is asked for twice: ${describe3(one)} and ${describe3(other)}`,
    hint: "Keep one of the lines, or give them markers that exclude each other.",
    location: other.location
  });
}
function checkConstraint({ name = "", specifier, location }, pins) {
  const pin2 = pins.get(name);
  if (pin2?.version === void 0 || satisfies2(pin2.version, specifier)) return;
  throw new UserError({
    title: `${location.file}, line ${location.line}: ${name}${specifier} excludes the locked ${name} ${pin2.version}`,
    hint: "Make the locked file anew with this constraint, or drop it.",
    location: pin2.location
  });
}
var init_requirements_pins = __esm({
  "src/requirements/requirements-pins.ts"() {
    "use strict";
    init_errors();
    init_credentials();
    init_locked();
    init_markers();
    init_pip_options();
    init_versions();
  }
});

// src/requirements/resolution.ts
async function resolve7(request2, collaborators) {
  const { toolchain, store, report, environment } = collaborators;
  const key = keyOf("resolution 1", targetOptions(toolchain), inputsOf(request2), settingsOfIndexes(environment));
  const kept = await readRecord(store, "resolutions", key);
  if (kept) return { text: kept.text, isKept: true };
  report.progress("resolving the requirements");
  const builder = await toolchain.open(/\bgit\+/.test(JSON.stringify(request2)) ? ["git"] : []);
  const text3 = withoutCredentials(await compile(request2, builder, environment));
  const asked = request2.options.flatMap(({ name, value }) => [name, value]);
  const isPrivate = !await isPublicOnly([...asked, ...text3.split(/\s+/)], environment);
  await writeRecord(store, "resolutions", key, { text: text3 }, { isPrivate });
  return { text: text3, isKept: false };
}
function targetOptions({
  kind,
  target,
  pythonVersion
}) {
  const wheelsOnly = kind === "host" ? ["--only-binary", ":all:"] : [];
  return ["--python-platform", target.uvPlatform, "--python-version", pythonVersion, ...wheelsOnly];
}
function inputsOf({ entries, constraints, options, remoteFiles, texts }) {
  const plain = (list) => list.map((entry) => withoutCredentials(JSON.stringify({ ...entry, location: void 0 })));
  return [
    plain(entries),
    plain(constraints),
    options.map(({ name, value }) => `${name} ${withoutCredentials(value)}`),
    remoteFiles.map(withoutCredentials),
    texts
  ];
}
function settingsOfIndexes(environment) {
  return Object.entries(environment).filter(
    ([name]) => /^(?:PIP|UV)_/.test(name) && !/USERNAME|PASSWORD|TOKEN|CACHE|TIMEOUT|RETRIES|CERT|PROGRESS|COLOR|PUBLISH/.test(name)
  ).map(([name, value]) => `${name}=${withoutCredentials(value ?? "")}`).toSorted();
}
async function compile(request2, builder, environment) {
  const staging = await (0, import_promises40.mkdtemp)((0, import_node_path35.join)((0, import_node_os6.tmpdir)(), "wsgi-lambda-manifest-"));
  try {
    const command = await stage(request2, staging, builder);
    await builder.put(staging, "manifest");
    const { exitCode, stdout, stderr } = await builder.run(command, { env: referenced(request2, environment) });
    if (exitCode !== 0) throw resolutionFailure(stderr, builder, request2.files);
    return stdout;
  } finally {
    await (0, import_promises40.rm)(staging, { recursive: true, force: true });
  }
}
async function stage(request2, staging, builder) {
  const options = await Promise.all(
    request2.options.map((option, index) => stagedOption(option, index, staging, builder))
  );
  const { lines: lines2, words: words3 } = uvOptions(options);
  const entries = await Promise.all(request2.entries.map((entry, index) => lineOf2(entry, index, staging, builder)));
  await (0, import_promises40.writeFile)((0, import_node_path35.join)(staging, "requirements.in"), [...lines2, ...request2.remoteFiles, ...entries, ""].join("\n"));
  const constraints = request2.constraints.map(constraintLine);
  await (0, import_promises40.writeFile)((0, import_node_path35.join)(staging, "constraints.txt"), [...constraints, ""].join("\n"));
  const command = [await builder.uv(), "pip", "compile", "manifest/requirements.in"];
  const limits = constraints.length > 0 ? ["--constraints", "manifest/constraints.txt"] : [];
  const local = builder.kind === "host" ? request2.local.flatMap((name) => ["--no-binary", name]) : [];
  const output = ["--generate-hashes", "--no-header", "--annotation-style", "split", "--no-progress"];
  return [...command, ...limits, ...output, ...words3, ...targetOptions(builder), ...local, "--python", builder.python];
}
async function stagedOption(option, index, staging, builder) {
  if (option.name !== "--find-links" || !(0, import_node_path35.isAbsolute)(option.value) || builder.kind === "host") return option;
  await (0, import_promises40.cp)(option.value, (0, import_node_path35.join)(staging, "links", String(index)), { recursive: true });
  return { ...option, value: `${builder.workspace}/manifest/links/${index}` };
}
function localEntry(url) {
  const index = LOCAL.exec(url)?.[1];
  return index === void 0 ? void 0 : Number(index);
}
async function lineOf2(entry, index, staging, builder) {
  if (entry.path === void 0) return requirementLine2(entry);
  const folder = (0, import_node_path35.join)(staging, "local", String(index));
  await (0, import_promises40.mkdir)(folder, { recursive: true });
  const isFolder = (await (0, import_promises40.stat)(entry.path)).isDirectory();
  const target = isFolder ? folder : (0, import_node_path35.join)(folder, (0, import_node_path35.basename)(entry.path));
  await (0, import_promises40.cp)(entry.path, target, { recursive: true, filter: (file) => !NEVER_BUILT.has((0, import_node_path35.basename)(file)) });
  const path4 = `${builder.workspace}/manifest/local/${index}${isFolder ? "" : `/${(0, import_node_path35.basename)(entry.path)}`}`;
  const extras = entry.extras.length > 0 ? `[${entry.extras.join(",")}]` : "";
  const marker = entry.marker === void 0 ? "" : ` ; ${entry.marker}`;
  return entry.name === void 0 ? `${path4}${extras}${marker}` : `${entry.name}${extras} @ file://${path4}${marker}`;
}
function requirementLine2(entry) {
  const { name, url, specifier, marker, location } = entry;
  if (specifier.includes("||")) {
    throw new UserError({
      title: `${location.file}, line ${location.line}: ${name ?? ""} has alternatives (${specifier}), which only a lock can answer`,
      hint: "Make a lock: poetry lock.",
      location
    });
  }
  if (name !== void 0) return requirementText({ ...entry, name });
  return `${url ?? ""}${marker === void 0 ? "" : ` ; ${marker}`}`;
}
function constraintLine({ name = "", specifier, url, marker }) {
  return requirementText({ name, extras: [], specifier, url, marker });
}
function referenced({ entries, options, remoteFiles }, environment) {
  const texts = [...entries.map(({ url }) => url ?? ""), ...options.map(({ value }) => value), ...remoteFiles];
  const names = texts.flatMap((text3) => [...text3.matchAll(/\$\{([A-Z0-9_]+)\}/g)].map(([, name = ""]) => name));
  return Object.fromEntries(
    names.flatMap((name) => environment[name] === void 0 ? [] : [[name, environment[name]]])
  );
}
function atCommit(written2, resolved) {
  const commit = /@([0-9a-f]{40})(?:#|$)/.exec(resolved)?.[1];
  if (!isRepository(written2) || commit === void 0) return written2;
  const [, address, fragment = ""] = /^(\w+\+[a-z+]+:\/\/[^/]*\/[^@#]*)(?:@[^#]*)?(#.*)?$/.exec(written2) ?? [];
  return address === void 0 ? written2 : `${address}@${commit}${fragment}`;
}
var import_promises40, import_node_os6, import_node_path35, LOCAL, NEVER_BUILT;
var init_resolution = __esm({
  "src/requirements/resolution.ts"() {
    "use strict";
    import_promises40 = require("node:fs/promises");
    import_node_os6 = require("node:os");
    import_node_path35 = require("node:path");
    init_errors();
    init_records();
    init_credentials();
    init_failure();
    init_pip_options();
    init_public_index();
    init_requirement();
    LOCAL = /manifest\/local\/(\d+)(?:\/|$|#|\?)/;
    NEVER_BUILT = /* @__PURE__ */ new Set([".git", ".venv", "venv", "node_modules", "__pycache__", ".tox", ".wsgi-lambda"]);
  }
});

// src/requirements/unlocked.ts
async function pinRequirementsFile(context, collaborators) {
  const { project, path: path4, settings } = context;
  chooseGroups({ manifest: path4, groups: [], defaultGroups: [], extras: [] }, settings);
  const list = await readRequirementsList(project, path4);
  const pins = await pin(list, context, { own: [], lockWith: lockCommand(path4) }, collaborators);
  return { pins, groupsLeftOut: [], options: list.options };
}
function lockCommand(path4) {
  const locked = path4.replace(/(?:\.in|\.txt)?$/, ".lock.txt");
  return `uv pip compile --universal --generate-hashes ${path4} -o ${locked}, and set requirements to ${locked}`;
}
async function pinPyproject(context, collaborators) {
  const { project, path: path4, settings, pythonVersion } = context;
  const document = await readDocument(project, path4, "Correct it.");
  const wanted = readProjectDependencies(document, project);
  checkPython({ path: path4 }, wanted.requiresPython, pythonVersion);
  const chosen = chooseGroups(
    {
      manifest: path4,
      groups: [...wanted.groups.keys()],
      defaultGroups: wanted.defaultGroups,
      extras: [...wanted.extras.keys()]
    },
    settings
  );
  const dynamic = chosen.hasMain ? await dynamicRequirements(document, project) : void 0;
  const entries = [...dynamic?.entries ?? [], ...chosenDependencies(wanted, chosen).map(asEntry)];
  const list = {
    entries,
    constraints: dynamic?.constraints ?? [],
    options: dynamic?.options ?? [],
    remoteFiles: dynamic?.remoteFiles ?? [],
    isCompiled: false,
    files: [...dynamic?.files ?? [], linesOf(path4, entries)]
  };
  const own = ownPins(context, wanted, chosen.hasMain);
  const pins = await pin(list, context, { own, lockWith: wanted.isPoetrys ? "poetry lock" : "uv lock" }, collaborators);
  return { pins, groupsLeftOut: chosen.groupsLeftOut, options: list.options };
}
function asEntry(wanted) {
  return { ...wanted, isEditable: false, hashes: [] };
}
function linesOf(path4, entries) {
  return {
    ...requirementsFile(path4, ""),
    lines: entries.map(({ name = "", location }) => ({ text: name, number: location.line }))
  };
}
async function dynamicRequirements({ root, path: path4 }, project) {
  if (!asTexts(asTable(root["project"])["dynamic"]).includes("dependencies")) return void 0;
  const setuptools = asTable(asTable(root["tool"])["setuptools"]);
  const { file } = asTable(asTable(setuptools["dynamic"])["dependencies"]);
  const [first, ...more] = asText(file) === void 0 ? asTexts(file) : [String(file)];
  if (first === void 0 || more.length > 0) {
    throw new UserError({
      title: `${path4} leaves its dependencies to a build: they are dynamic`,
      hint: "Lock them with: uv lock; or set requirements to a requirements file.",
      location: { file: path4, line: 1 }
    });
  }
  return await readRequirementsList(project, first);
}
async function pin(list, context, { own, lockWith }, collaborators) {
  const { project, environment } = context;
  const options = [...list.options, ...context.options];
  const entries = activeEntries(list.entries, environment);
  checkHashes(entries, options);
  const given = await givenConstraints(context);
  const constraints = activeEntries([...list.constraints, ...given.entries], environment);
  const remoteFiles = [...list.remoteFiles, ...given.remoteFiles];
  if (list.remoteFiles.length === 0 && isComplete(entries, { isCompiled: list.isCompiled, options })) {
    const names = /* @__PURE__ */ new Map();
    for (const entry of entries)
      if (entry.path !== void 0) names.set(entry, (await readLocalProject(project, entry.path)).name);
    return [...own, ...pinsOfEntries(entries, constraints, (entry) => names.get(entry) ?? "")];
  }
  const unfolded = await unfold(entries, context, has(options, "--no-deps"));
  const asked = unfolded.asked.filter(({ entry }) => !unfolded.locals.some(({ name }) => name === entry.name));
  const request2 = {
    manifest: context.path,
    entries: asked.map(({ entry }) => entry),
    constraints,
    options,
    remoteFiles,
    files: list.files,
    local: unfolded.built,
    texts: unfolded.texts
  };
  if (asked.length === 0 && remoteFiles.length === 0) return [...own, ...unfolded.locals];
  const { text: text3, isKept } = await resolve7(request2, collaborators);
  const resolved = located(readCompiled(text3).map((each) => resolvedPin(each, asked)));
  show(resolved, { isKept, manifest: context.path, lockWith }, collaborators);
  return [...own, ...unfolded.locals, ...resolved];
}
async function givenConstraints({
  project,
  options
}) {
  const paths = options.filter(({ name }) => name === "--constraint").map(({ value }) => value);
  const local = paths.filter((path4) => !isAddress(path4));
  const entries = await Promise.all(local.map((path4) => readConstraints(project, path4)));
  return { entries: entries.flat(), remoteFiles: paths.filter(isAddress).map((path4) => `-c ${path4}`) };
}
async function unfold(entries, context, noDeps) {
  const locals = /* @__PURE__ */ new Map();
  const asked = [];
  const built = [];
  const texts = [];
  const visit = async (entry, requiredBy) => {
    if (entry.path === void 0) {
      asked.push({ entry, requiredBy });
      return;
    }
    const local = await readLocalProject(context.project, entry.path);
    if (local.dependencies === void 0 && !noDeps) {
      asked.push({ entry: { ...entry, name: entry.name ?? local.statedName }, requiredBy });
      texts.push(...local.texts);
      built.push(local.name);
      return;
    }
    const identity = { name: local.name, version: local.version, hashes: entry.hashes, location: entry.location };
    if (locals.has(`${local.name} ${entry.extras.join()}`)) return;
    locals.set(`${local.name} ${entry.extras.join()}`, pinOf(identity, sourceOf8(entry), [requiredBy]));
    if (noDeps || local.dependencies === void 0) return;
    const chosen = { hasMain: true, groups: [], groupsLeftOut: [], extras: entry.extras.map(normalise) };
    const next = chosenDependencies(local.dependencies, chosen).map(asEntry);
    for (const each of activeEntries(next, context.environment)) await visit(each, local.name);
  };
  for (const entry of entries) await visit(entry, "");
  const pins = new Map([...locals.values()].map((pin2) => [pin2.name, pin2]));
  return { locals: [...pins.values()], asked, built, texts };
}
function resolvedPin({ name, version, url, hashes, requiredBy }, asked) {
  const local = url === void 0 ? void 0 : localEntry(url);
  const own = asked.filter(({ entry }) => entry.name === name);
  const origin = local === void 0 ? own[0]?.entry ?? asked.find(({ entry }) => isNamelessSource(entry, url))?.entry : asked[local]?.entry;
  const askers = new Set(
    requiredBy.flatMap((each) => each === "" && own.length > 0 ? own.map((one) => one.requiredBy) : [each])
  );
  const given = own.flatMap(({ entry }) => entry.hashes);
  const written2 = origin?.url === void 0 ? url : atCommit(origin.url, url ?? "");
  return pinOf(
    {
      name,
      version,
      hashes: given.length > 0 ? given : hashes,
      location: origin?.location
    },
    sourceOf8({
      path: local === void 0 ? void 0 : origin?.path,
      url: written2,
      isEditable: origin?.isEditable === true
    }),
    [...askers].toSorted()
  );
}
function located(pins) {
  const byName = new Map(pins.map((pin2) => [pin2.name, pin2]));
  const locate2 = ({ location, requiredBy }, seen) => {
    if (location) return location;
    const askers = requiredBy.flatMap((name) => seen.includes(name) ? [] : byName.get(name) ?? []);
    for (const asker of askers) {
      const found = locate2(asker, [...seen, ...requiredBy]);
      if (found) return found;
    }
    return void 0;
  };
  return pins.map((pin2) => ({ ...pin2, location: locate2(pin2, [pin2.name]) }));
}
function isNamelessSource({ name, url }, resolved) {
  if (name !== void 0 || url === void 0 || resolved === void 0) return false;
  const bare = (address) => address.replace(/#.*$/, "").replace(/\/\/[^/@]*@/, "//").replace(/@[^/@]*$/, "");
  return bare(url) === bare(resolved);
}
function show(pins, { isKept, manifest, lockWith }, { report }) {
  if (isKept) {
    report.info(`${manifest} is not locked: resolved in an earlier build to ${pins.length} distributions`);
    return;
  }
  const list = pins.map(({ name, version }) => version === void 0 ? name : `${name} ${version}`).join(", ");
  report.info(`${manifest} is not locked. Resolved to ${list}`);
  report.info(`Lock it, so that every build has the same, with: ${lockWith}`);
}
var init_unlocked = __esm({
  "src/requirements/unlocked.ts"() {
    "use strict";
    init_errors();
    init_compiled();
    init_documents();
    init_files();
    init_groups();
    init_local_project();
    init_lock_context();
    init_locked();
    init_pip_options();
    init_project_dependencies();
    init_requirements_list();
    init_requirements_pins();
    init_resolution();
  }
});

// src/requirements/uv-lock.ts
async function readUvLock(context) {
  const { project, path: path4, settings, environment, pythonVersion } = context;
  const document = await readDocument(project, path4, `Make it anew with: ${REFRESH4}`);
  checkFormat(path4, document.root["version"], /^1$/, `Make it anew with: ${REFRESH4}`);
  checkPython({ path: path4, refresh: REFRESH4 }, asText(document.root["requires-python"]), pythonVersion);
  const needsManifest = `${path4} needs the pyproject.toml that it was made from.`;
  const manifest = await readDocument(project, manifestPath(path4), needsManifest);
  const wanted = readProjectDependencies(manifest, project);
  const own = asTables(document.root["package"]).find((table2) => isOwn(table2, context));
  const chosen = chooseGroups(
    {
      manifest: manifest.path,
      groups: [...wanted.groups.keys()],
      defaultGroups: wanted.defaultGroups,
      extras: [...wanted.extras.keys()]
    },
    settings
  );
  if (own) compareWithProject2(own, wanted, path4, manifest);
  const lineOf3 = requestLines(manifest);
  const lock = { path: path4, refresh: REFRESH4, packages: lockedPackages2(document, context) };
  const roots = own ? rootsOf(own, chosen) : workspaceRoots(document, chosen);
  const pins = reach(
    lock,
    roots.map((root) => ({ ...root, location: lineOf3(root.name) })),
    environment,
    askedOf(wanted.name, chosen)
  );
  return {
    pins: [...own && chosen.hasMain ? ownPin(own, lock.packages) : [], ...pins],
    groupsLeftOut: chosen.groupsLeftOut,
    indexes: usedIndexes(pins, namedIndexes(manifest))
  };
}
function manifestPath(path4) {
  return path4.startsWith("..") ? "pyproject.toml" : import_node_path36.posix.join(import_node_path36.posix.dirname(path4), "pyproject.toml");
}
function isOwn(table2, { project, path: path4 }) {
  const folder = localPath(asTable(table2["source"]));
  return folder !== void 0 && (0, import_node_path36.join)(project, import_node_path36.posix.dirname(path4), folder) === (0, import_node_path36.dirname)((0, import_node_path36.join)(project, manifestPath(path4)));
}
function localPath(source2) {
  return asText(source2["editable"]) ?? asText(source2["virtual"]) ?? asText(source2["directory"]);
}
function ownPin(own, packages) {
  const name = normalise(asText(own["name"]) ?? "");
  const found = packages.find((each) => each.name === name && each.source?.kind === "local");
  return found?.source ? [pinOf(found, found.source, [""])] : [];
}
function lockedPackages2(document, context) {
  const lineOf3 = packageLines(document);
  return asTables(document.root["package"]).map((table2) => {
    const name = normalise(asText(table2["name"]) ?? "");
    const source2 = asTable(table2["source"]);
    const byExtra = Object.entries(asTable(table2["optional-dependencies"]));
    return {
      name,
      version: asText(table2["version"]),
      hashes: [asTable(table2["sdist"]), ...asTables(table2["wheels"])].flatMap(({ hash }) => asText(hash) ?? []),
      source: sourceOf9(source2, context),
      marker: void 0,
      // Whoever asks for one of several versions names it.
      origin: originOf(source2),
      dependencies: [
        ...dependenciesOf4(table2["dependencies"], void 0),
        ...byExtra.flatMap(([extra, value]) => dependenciesOf4(value, [normalise(extra)]))
      ],
      location: lineOf3(name)
    };
  });
}
function dependenciesOf4(value, onlyWith) {
  return asTables(value).map((table2) => {
    const [version, source2] = [asText(table2["version"]), table2["source"]];
    return {
      name: normalise(asText(table2["name"]) ?? ""),
      extras: asTexts(table2["extra"]).map(normalise),
      specifier: version === void 0 ? "" : `===${version}`,
      marker: asText(table2["marker"]),
      onlyWith,
      origin: source2 === void 0 ? void 0 : originOf(asTable(source2))
    };
  });
}
function originOf(source2) {
  return JSON.stringify(source2);
}
function sourceOf9(source2, context) {
  const [git, url, path4] = [asText(source2["git"]), asText(source2["url"]), asText(source2["path"])];
  if (git !== void 0) return { kind: "url", url: repositoryOf(git) };
  if (url !== void 0) return { kind: "url", url: withSubdirectory(url, asText(source2["subdirectory"])) };
  if (path4 !== void 0) return localSource(context, path4, false);
  if (source2["virtual"] !== void 0) return void 0;
  const folder = localPath(source2);
  if (folder !== void 0) return localSource(context, folder, source2["editable"] !== void 0);
  return indexSource(asText(source2["registry"]));
}
function repositoryOf(git) {
  const [, address = git, query = "", commit] = /^([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/.exec(git) ?? [];
  return repositoryUrl(address, commit, new URLSearchParams(query).get("subdirectory") ?? void 0);
}
function withSubdirectory(url, subdirectory) {
  return subdirectory === void 0 ? url : `${url}#subdirectory=${subdirectory}`;
}
function rootsOf(own, chosen) {
  const [extras, groups] = [asTable(own["optional-dependencies"]), asTable(own["dev-dependencies"])];
  return [
    ...chosen.hasMain ? dependenciesOf4(own["dependencies"], void 0) : [],
    ...Object.entries(extras).flatMap(
      ([name, value]) => chosen.extras.includes(normalise(name)) ? dependenciesOf4(value, void 0) : []
    ),
    ...Object.entries(groups).flatMap(
      ([name, value]) => chosen.groups.includes(normalise(name)) ? dependenciesOf4(value, void 0) : []
    )
  ];
}
function workspaceRoots({ root }, chosen) {
  const manifest = asTable(root["manifest"]);
  const members = chosen.hasMain ? asTexts(manifest["members"]).map((name) => ({ name })) : [];
  const groups = Object.entries(asTable(manifest["dependency-groups"]));
  const ofGroups = groups.flatMap(([name, value]) => chosen.groups.includes(normalise(name)) ? asTables(value) : []);
  return [
    ...dependenciesOf4(members, void 0),
    ...ofGroups.map((table2) => ({
      name: normalise(asText(table2["name"]) ?? ""),
      extras: asTexts(table2["extras"]).map(normalise),
      specifier: asText(table2["specifier"]) ?? "",
      marker: asText(table2["marker"]),
      onlyWith: void 0
    }))
  ];
}
function askedOf(name, { extras, groups }) {
  const owner = name === void 0 ? "" : `${name.length}-${name}`;
  const written2 = [...extras.map((each) => `extra-${owner}-${each}`), ...groups.map((each) => `group-${owner}-${each}`)];
  return { extras: /* @__PURE__ */ new Set([...extras, ...written2]), groups: new Set(groups) };
}
function compareWithProject2(own, wanted, path4, manifest) {
  const metadata = asTable(own["metadata"]);
  const inGroups = Object.values(asTable(metadata["requires-dev"])).flatMap(asTables);
  const locked = [...asTables(metadata["requires-dist"]), ...inGroups].filter(({ name }) => name !== wanted.name);
  const asked = [wanted.main, ...wanted.extras.values(), ...wanted.groups.values()].flat();
  const lock = { path: path4, refresh: REFRESH4 };
  for (const each of asked) {
    if (locked.some((entry) => isSame2(entry, each))) continue;
    const text3 = requirementText({ ...each, marker: void 0 });
    throw staleLock(lock, `${manifest.path} asks for ${text3}, and the lock was made without it`, each.location);
  }
  const names = new Set(asked.map(({ name }) => name));
  const gone = locked.map(({ name }) => normalise(asText(name) ?? "")).find((name) => !names.has(name));
  if (gone === void 0) return;
  throw staleLock(lock, `The lock was made with ${gone}, and ${manifest.path} does not ask for it`, {
    file: manifest.path,
    line: 1
  });
}
function isSame2(entry, { name, specifier }) {
  if (normalise(asText(entry["name"]) ?? "") !== name) return false;
  const isElsewhere = ["editable", "directory", "virtual", "path", "url", "git"].some((key) => entry[key] !== void 0);
  return isElsewhere || canonicalSpecifier(asText(entry["specifier"]) ?? "") === canonicalSpecifier(specifier);
}
var import_node_path36, REFRESH4;
var init_uv_lock = __esm({
  "src/requirements/uv-lock.ts"() {
    "use strict";
    import_node_path36 = require("node:path");
    init_documents();
    init_files();
    init_groups();
    init_lock_context();
    init_locked();
    init_project_dependencies();
    init_requirement();
    init_versions();
    REFRESH4 = "uv lock";
  }
});

// src/requirements/lock.ts
async function lockRequirements(settings, { toolchain, store, report, environment: variables = {} }) {
  const { project, manifest, target } = settings;
  const options = readPipArgs(settings.pipArgs, project);
  const { pythonVersion } = toolchain;
  const environment = markerEnvironment(target, pythonVersion);
  const context = { project, path: manifest.path, settings, environment, pythonVersion };
  const given = downloadOptions(options);
  const readLock = LOCKS[manifest.kind];
  if (readLock) {
    refuseChoices(options, manifest.path);
    const { pins: pins2, groupsLeftOut: groupsLeftOut2, indexes } = await readKept(context, store, readLock);
    tellGroups(groupsLeftOut2, report);
    for (const { url } of indexes) checkAddress(url, manifest.path);
    const pipOptions = [...indexOptions(indexes, variables), ...given];
    return { pins: plainPins(pins2, manifest.path), groupsLeftOut: groupsLeftOut2, pipOptions };
  }
  const read = manifest.kind === "pyproject.toml" ? pinPyproject : pinRequirementsFile;
  const collaborators = { toolchain, store, report, environment: variables };
  const resolved = await read({ ...context, options }, collaborators);
  tellGroups(resolved.groupsLeftOut, report);
  const { pins, groupsLeftOut } = resolved;
  return {
    pins: plainPins(pins, manifest.path),
    groupsLeftOut,
    pipOptions: [...downloadOptions(resolved.options), ...given]
  };
}
function tellGroups(groupsLeftOut, report) {
  if (groupsLeftOut.length > 0) report.info(`groups left out: ${groupsLeftOut.join(", ")}`);
}
var LOCKS;
var init_lock = __esm({
  "src/requirements/lock.ts"() {
    "use strict";
    init_kept_lock();
    init_lock_context();
    init_markers();
    init_pdm_lock();
    init_pip_options();
    init_pipfile_lock();
    init_plain_pins();
    init_poetry_lock();
    init_pylock();
    init_unlocked();
    init_uv_lock();
    LOCKS = {
      "uv.lock": readUvLock,
      "poetry.lock": readPoetryLock,
      "pdm.lock": readPdmLock,
      "pylock.toml": readPylock,
      "Pipfile.lock": readPipfileLock
    };
  }
});

// src/wheels/bench.ts
async function listFolder(folder, builder) {
  const program = 'import os, sys; print("\\n".join(sorted(os.listdir(sys.argv[1]))))';
  const { stdout } = await builder.run([builder.python, "-I", "-c", program, folder]);
  return stdout.split("\n").filter((name) => name !== "");
}
var nameOf2;
var init_bench = __esm({
  "src/wheels/bench.ts"() {
    "use strict";
    nameOf2 = ({ name, version }) => version === void 0 ? name : `${name} ${version}`;
  }
});

// src/wheels/build-failure.ts
function buildProblem(what, output, { image, location }) {
  const remedy = REMEDIES.find(({ said: said2 }) => said2.test(output));
  return {
    title: `${what} could not be built${remedy ? `: ${lowerFirst(remedy.why)}` : ""}`,
    detail: tellingLines(output),
    hint: remedy ? hintOf(remedy, image) : "The lines above say why; --verbose shows all of them.",
    output,
    location
  };
}
function hintOf({ packages, hint }, image) {
  if (!packages) return hint ?? "";
  return `Set system-packages: ${packages.dnf} (Amazon Linux), or ${packages.apt} where the image is Debian's. The image is ${image}.`;
}
function tellingLines(output) {
  const lines2 = output.split("\n").filter((line) => line.trim() !== "" && !FRAME.test(line));
  return lines2.slice(-MOST_LINES).map(shortened2).join("\n");
}
function shortened2(line) {
  return line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS)} …` : line;
}
function equipmentWanted(output) {
  return WANTED.filter(([, said2]) => said2.test(output)).map(([equipment]) => equipment);
}
var REMEDIES, lowerFirst, MOST_LINES, MOST_CHARACTERS, FRAME, WANTED;
var init_build_failure = __esm({
  "src/wheels/build-failure.ts"() {
    "use strict";
    REMEDIES = [
      { said: /pg_config/, why: "pg_config of PostgreSQL is missing", packages: { dnf: "libpq-devel", apt: "libpq-dev" } },
      {
        said: /mysql_config|mysqlclient\b.*not found|mariadb_config|Can not find valid pkg-config name/i,
        why: "The client library of MySQL is missing",
        packages: { dnf: "mariadb-connector-c-devel", apt: "default-libmysqlclient-dev" }
      },
      { said: /\bffi\.h\b|libffi/, why: "libffi is missing", packages: { dnf: "libffi-devel", apt: "libffi-dev" } },
      {
        said: /openssl\/\w+\.h|Could not find directory of OpenSSL|openssl-sys/i,
        why: "The headers of OpenSSL are missing",
        packages: { dnf: "openssl-devel", apt: "libssl-dev" }
      },
      {
        said: /libxml2 and libxslt|libxml\/\w+\.h|xslt-config|xml2-config/,
        why: "libxml2 and libxslt are missing",
        packages: { dnf: "libxml2-devel libxslt-devel", apt: "libxml2-dev libxslt1-dev" }
      },
      {
        said: /RequiredDependencyException: jpeg|headers or library files could not be found for jpeg/i,
        why: "libjpeg is missing",
        packages: { dnf: "libjpeg-turbo-devel zlib-devel", apt: "libjpeg-dev zlib1g-dev" }
      },
      {
        said: /\bzlib\.h\b|dependency zlib|for zlib/i,
        why: "zlib is missing",
        packages: { dnf: "zlib-devel", apt: "zlib1g-dev" }
      },
      {
        said: /\blber\.h\b|\bldap\.h\b|\bsasl\.h\b/,
        why: "OpenLDAP is missing",
        packages: { dnf: "openldap-devel cyrus-sasl-devel", apt: "libldap2-dev libsasl2-dev" }
      },
      { said: /gdal-config/, why: "GDAL is missing", packages: { dnf: "gdal-devel", apt: "libgdal-dev" } },
      { said: /\bsql\.h\b/, why: "unixODBC is missing", packages: { dnf: "unixODBC-devel", apt: "unixodbc-dev" } },
      {
        said: /krb5-config|gssapi\/gssapi\.h/,
        why: "Kerberos is missing",
        packages: { dnf: "krb5-devel", apt: "libkrb5-dev" }
      },
      {
        said: /xmlsec1/,
        why: "xmlsec is missing",
        packages: { dnf: "xmlsec1-devel libtool-ltdl-devel", apt: "libxmlsec1-dev" }
      },
      {
        said: /\bPython\.h\b/,
        why: "The headers of Python are missing in the image",
        hint: "Name an image with them by base-image or dockerfile, or their package in system-packages (dnf: python3.13-devel; apt: libpython3.13-dev)."
      },
      {
        said: /rustc \S+ is not supported|requires rustc|is currently active is older|feature `edition20\d\d` is required|lock file version/i,
        why: "The image's distribution has a Rust that is too old",
        hint: "Install a newer one in a dockerfile: RUN curl -sSf https://sh.rustup.rs | sh -s -- -y, with CARGO_HOME=/opt/cargo and /opt/cargo/bin in PATH."
      },
      {
        said: /pkg-config\b.*(?:not found|No such file)|Package .* was not found in the pkg-config search path|Package '?[\w.+-]+'?,? (?:required by|not found)|dependency "?[\w.+-]+"? not found/i,
        why: "A library that pkg-config looks for is missing",
        hint: "Name its development package in system-packages (dnf: NAME-devel; apt: libNAME-dev). The line about it is above."
      },
      {
        said: /fatal error: \S+\.h: No such file or directory/,
        why: "A header file of a library is missing",
        hint: "Name its development package in system-packages (dnf: NAME-devel; apt: libNAME-dev). The compiler names the file above."
      },
      {
        said: /cannot find -l\S+/,
        why: "A library to link with is missing",
        hint: "Name its development package in system-packages (dnf: NAME-devel; apt: libNAME-dev). The linker names it above."
      },
      {
        said: /unable to detect version|setuptools[-_]scm|LookupError.*version/i,
        why: "Its version comes from the history of its repository, which is not there",
        hint: "Pin a release, or set the variable with docker-env: SETUPTOOLS_SCM_PRETEND_VERSION=1.2.3."
      },
      {
        said: /THESE PACKAGES DO NOT MATCH THE HASHES/i,
        why: "What the index has is another file than the one that was locked",
        hint: "Lock again, and look at why."
      },
      {
        said: /certificate verify failed|CERTIFICATE_VERIFY_FAILED|self[- ]signed certificate/i,
        why: "The network re-signs TLS",
        hint: "Name its certificate authority with ca-file."
      },
      {
        said: /Host key verification failed|no matching host key|No (?:ED25519|RSA|ECDSA) host key is known/i,
        why: "The repository's host is not known",
        hint: "Add its key to ~/.ssh/known_hosts on this machine: ssh-keyscan HOST >> ~/.ssh/known_hosts."
      },
      {
        said: /Permission denied \(publickey|could not read Username|Authentication failed/i,
        why: "The repository refused access",
        hint: "For a key: docker-ssh: true and an SSH agent that has it. For a token: docker-secrets, or a variable in the address (git+https://${TOKEN}@…)."
      },
      {
        // Of the very version that was asked for: pip names all that it passes over.
        said: /[:;] (\S+) Requires-Python [^;\n]+[^]*No matching distribution found for [\w.-]+==\1(?:\s|$)/,
        why: "It does not support this Python",
        hint: "Lock again for the runtime (as with --python-version), or set runtime to a later one."
      },
      {
        said: /No matching distribution found|Could not find a version that satisfies/i,
        why: "The index has no source distribution of it, or its build requirements",
        hint: "Choose another version, or the index that has it."
      },
      {
        said: /Killed|out of memory|MemoryError|fatal error: Killed signal/i,
        why: "The memory ran out",
        hint: "Give the engine more, or compile with fewer jobs: docker-env: MAKEFLAGS=-j1."
      }
    ];
    lowerFirst = (text3) => /^(?:GDAL|OpenLDAP|Kerberos)/.test(text3) ? text3 : text3.charAt(0).toLowerCase() + text3.slice(1);
    MOST_LINES = 25;
    MOST_CHARACTERS = 400;
    FRAME = /^\s*(?:note: This error originates|error: subprocess-exited-with-error|╰─>|\[end of output\]|ERROR: Failed building wheel|ERROR: Failed to build|\[notice\])/;
    WANTED = [
      [
        "rust",
        /can't find Rust compiler|rustc?(?:, the Rust compiler)? (?:is )?not (?:found|installed)|cargo[^\n]*(?:not found|not installed|No such file)|Rust (?:toolchain|not found)|Cargo, the Rust package manager/i
      ],
      [
        "compilers",
        /(?:gcc|g\+\+|\bcc|c\+\+|make)['"`]? ?(?:failed: No such file|.{0,20}not found|.{0,20}No such file)|unable to execute|Unknown compiler|No CMAKE_C(?:XX)?_COMPILER|no acceptable C compiler|CMake Error.*compiler|Unable to find a compatible compiler/i
      ],
      ["git", /(?:Cannot find command|No such file or directory:) '?git/i]
    ];
  }
});

// src/wheels/build-needs.ts
function equipmentFor({ names, pyproject }) {
  const requires = buildRequirements(pyproject);
  const own = names.filter((name) => !ASIDE.test(name));
  const isRust = requires.some((name) => RUST.test(name)) || own.some((name) => /(?:^|\/)Cargo\.toml$/.test(name));
  const isCompiled = requires.some((name) => COMPILING.test(name)) || own.some((name) => COMPILED2.test(name) || COMPILED_BY_NAME.test(name));
  return [...isRust || isCompiled ? ["compilers"] : [], ...isRust ? ["rust"] : []];
}
function buildRequirements(pyproject) {
  const system = tableOf(documentOf(pyproject)["build-system"]);
  const requires = Array.isArray(system["requires"]) ? system["requires"] : [];
  return [...requires, system["build-backend"]].filter((name) => typeof name === "string");
}
function documentOf(toml) {
  try {
    return parse(toml ?? "");
  } catch {
    return {};
  }
}
function tableOf(value) {
  return typeof value === "object" && value !== null ? value : {};
}
var COMPILED2, COMPILED_BY_NAME, ASIDE, COMPILING, RUST;
var init_build_needs = __esm({
  "src/wheels/build-needs.ts"() {
    "use strict";
    init_dist();
    COMPILED2 = /\.(?:c|cc|cpp|cxx|c\+\+|pyx|f|f90|s|asm|cu|swg|i)$/i;
    COMPILED_BY_NAME = /(?:^|\/)(?:CMakeLists\.txt|meson\.build|configure|configure\.ac)$/;
    ASIDE = /(?:^|\/)(?:tests?|testing|docs?|examples?|samples?|benchmarks?|benches|fuzz)\//i;
    COMPILING = /^(?:cython|cffi|pybind11|nanobind|meson|meson-python|scikit-build|scikit-build-core|cmake|ninja|numpy|mypy|py-build-cmake)\b/i;
    RUST = /^(?:maturin|setuptools-rust)\b/i;
  }
});

// src/wheels/build-source.ts
function isRepository2(source2) {
  return source2.kind === "url" && source2.url.startsWith("git+");
}
async function fetchSource(pin2, fetching) {
  const { source: source2 } = pin2;
  if (source2.kind === "local") return await bringLocal(source2.path, fetching);
  if (isRepository2(source2)) return await cloneRepository(pin2, source2.kind === "url" ? source2.url : "", fetching);
  if (source2.kind === "url" && /^(?:hg|svn|bzr)\+/.test(source2.url)) {
    throw new UserError({
      title: `${nameOf2(pin2)} comes from a repository that is not git's`,
      detail: withoutCredentials(source2.url),
      hint: "Name an archive of it, or a mirror by git.",
      location: pin2.location
    });
  }
  return await download2(pin2, fetching);
}
async function download2(pin2, { builder, run: run3, pipOptions, temporary, workFolder }) {
  const { source: source2 } = pin2;
  const folder = `${workFolder}/source`;
  const lines2 = [...indexLines(pipOptions, source2), requirementLine(pin2)];
  const requirements = await bringText(lines2.join("\n"), `${workFolder}/request`, { builder, temporary });
  const which2 = source2.kind === "index" ? ["--no-binary", pin2.name] : [];
  const { exitCode, stdout, stderr } = await runPip(
    [...["download", ...QUIETLY, ...which2], ...["--dest", folder, "--requirement", requirements]],
    builder,
    { run: run3 }
  );
  if (exitCode !== 0) return { output: `${stdout}
${stderr}` };
  const [file = ""] = await listFolder(folder, builder);
  return { path: `${folder}/${file}`, folder };
}
async function cloneRepository(pin2, url, { builder, run: run3, temporary, workFolder }) {
  const folder = `${workFolder}/source`;
  const address = await bringText(url, `${workFolder}/request`, { builder, temporary });
  const script = `${SCRIPTS_FOLDER}/fetch_repository.py`;
  const { exitCode, stdout, stderr } = await run3([builder.python, "-I", script, address, folder]);
  if (exitCode !== 0) return { output: `${stdout}
${stderr}` };
  const subdirectory = new URLSearchParams(url.split("#")[1] ?? "").get("subdirectory") ?? ".";
  return { path: import_node_path37.posix.join(folder, inside(subdirectory, pin2)), folder };
}
function inside(subdirectory, pin2) {
  const normal = import_node_path37.posix.normalize(subdirectory);
  if (!normal.startsWith("..") && !import_node_path37.posix.isAbsolute(normal)) return normal;
  throw new UserError({
    title: `${nameOf2(pin2)}: its subdirectory leads out of its repository`,
    detail: `#subdirectory=${subdirectory}`,
    location: pin2.location
  });
}
async function bringLocal(path4, { builder, temporary, workFolder, listFiles: listFiles3 }) {
  const folder = `${workFolder}/source`;
  const staging = await (0, import_promises41.mkdtemp)((0, import_node_path37.join)(temporary, "local-"));
  const isArchive = (await (0, import_promises41.stat)(path4)).isFile();
  const files = isArchive ? [{ path: (0, import_node_path37.basename)(path4), file: path4 }] : await listFiles3(path4);
  for (const { path: name, file } of files) {
    await (0, import_promises41.mkdir)((0, import_node_path37.dirname)((0, import_node_path37.join)(staging, name)), { recursive: true });
    await (0, import_promises41.copyFile)(file, (0, import_node_path37.join)(staging, name));
  }
  await builder.put(staging, folder);
  return { path: isArchive ? `${folder}/${(0, import_node_path37.basename)(path4)}` : folder, folder };
}
async function pipWheel(pin2, path4, { builder, run: run3, temporary, workFolder, pipOptions, buildConstraints, dockerEnv }) {
  const folder = `${workFolder}/built`;
  const input = `${workFolder}/build`;
  const lines2 = [...indexLines(pipOptions), `./${path4}`];
  const requirements = await bringText(lines2.join("\n"), `${input}/request`, { builder, temporary });
  const constraints = await bringText(buildConstraints.join("\n"), `${input}/constraints`, { builder, temporary });
  const env = {
    SOURCE_DATE_EPOCH: BUILD_DATE,
    ...knownVersion(pin2),
    ...buildConstraints.length > 0 ? constrained(import_node_path37.posix.join(builder.workspace, constraints)) : {},
    ...dockerEnv
  };
  const { exitCode, stdout, stderr } = await runPip(
    ["wheel", ...QUIETLY, "--no-cache-dir", "--wheel-dir", folder, "--requirement", requirements],
    builder,
    { run: run3, env }
  );
  return exitCode === 0 ? { folder } : { output: `${stdout}
${stderr}` };
}
function knownVersion({ version, source: source2 }) {
  if (source2.kind !== "local" || version === void 0) return {};
  return { SETUPTOOLS_SCM_PRETEND_VERSION: version, PDM_BUILD_SCM_VERSION: version };
}
async function bringText(text3, folder, { builder, temporary }) {
  const staging = await (0, import_promises41.mkdtemp)((0, import_node_path37.join)(temporary, "text-"));
  await (0, import_promises41.writeFile)((0, import_node_path37.join)(staging, "input.txt"), `${text3}
`, { mode: 384 });
  await builder.put(staging, folder);
  return `${folder}/input.txt`;
}
var import_promises41, import_node_path37, SCRIPTS_FOLDER, QUIETLY, BUILD_DATE, constrained;
var init_build_source = __esm({
  "src/wheels/build-source.ts"() {
    "use strict";
    import_promises41 = require("node:fs/promises");
    import_node_path37 = require("node:path");
    init_errors();
    init_credentials();
    init_bench();
    init_pip();
    init_requirement_lines();
    SCRIPTS_FOLDER = "wheel-tools";
    QUIETLY = ["--no-deps", "--no-input", "--disable-pip-version-check"];
    BUILD_DATE = "946684800";
    constrained = (file) => ({ PIP_CONSTRAINT: file, PIP_BUILD_CONSTRAINT: file });
  }
});

// src/wheels/complete-wheel.ts
function parseWheelName(filename) {
  const parts = filename.replace(/\.whl$/, "").split("-");
  const [name = "", version = ""] = parts;
  return { name: normalise(name), version, platforms: (parts.at(-1) ?? "").split(".") };
}
async function completeWheel(pin2, folder, bench) {
  const { builder, equipment } = bench;
  const filename = (await listFolder(folder, builder)).find((name2) => name2.endsWith(".whl")) ?? "";
  const { name, version, platforms } = parseWheelName(filename);
  if (name !== pin2.name || pin2.version !== void 0 && !isSameVersion(version, pin2.version)) {
    throw new UserError({
      title: `${nameOf2(pin2)} was asked for, and its source makes ${filename}`,
      hint: "Correct the name or the version in the manifest.",
      location: pin2.location
    });
  }
  if (platforms.includes("any")) return { filename, folder: await takeOut(folder, bench) };
  if (builder.kind === "host")
    throw hostRefusal(pin2, `Its build made ${filename}, which is of this machine and may not load on Lambda.`);
  if (!equipment.includes("compilers")) return { needs: ["compilers"] };
  return await repair(pin2, `${folder}/${filename}`, bench);
}
async function repair(pin2, wheel, bench) {
  const { builder, run: run3, workFolder } = bench;
  const folder = `${workFolder}/complete`;
  const { exitCode, stdout, stderr } = await run3(
    auditwheel(builder, ["repair", "--plat", "auto", "--wheel-dir", folder, wheel])
  );
  const said2 = `${stdout}
${stderr}`;
  if (exitCode !== 0) {
    if (/does not look like a platform wheel|no ELF/i.test(said2)) {
      const filename2 = wheel.split("/").at(-1) ?? "";
      return { filename: filename2, folder: await takeOut(wheel.slice(0, -filename2.length - 1), bench) };
    }
    throw new UserError(repairProblem(pin2, said2, builder));
  }
  const filename = (await listFolder(folder, builder)).find((name) => name.endsWith(".whl")) ?? "";
  const allowed = wheelTags(builder.target).platforms;
  const { platforms } = parseWheelName(filename);
  if (platforms.some((platform) => allowed.includes(platform)))
    return { filename, folder: await takeOut(folder, bench) };
  throw new UserError(tooNew(pin2, `auditwheel finds that it needs ${platforms.join(" or ")}.`, builder));
}
function auditwheel(builder, args) {
  const folder = `${TOOLS_INSIDE}/build`;
  const script = `PATH="${folder}/bin:$PATH" PYTHONPATH="${folder}" exec "$0" -m auditwheel "$@"`;
  return ["/bin/sh", "-c", script, builder.python, ...args];
}
function repairProblem(pin2, said2, builder) {
  if (/too-recent versioned symbols/i.test(said2)) return tooNew(pin2, lastLine(said2), builder);
  const missing2 = /required library "?([^"\s]+)"? could not be located/i.exec(said2)?.[1];
  return {
    title: `${nameOf2(pin2)} was compiled, and ${missing2 === void 0 ? "could not be made whole" : `needs ${missing2}, which is not in the image`}`,
    detail: said2.trim().split("\n").slice(-10).join("\n"),
    hint: missing2 === void 0 ? void 0 : `Name the package that has ${missing2} in system-packages, or install it in a dockerfile where the linker finds it.`,
    location: pin2.location
  };
}
function tooNew(pin2, why, builder) {
  const { runtime, glibc, image } = builder.target;
  return {
    title: `${nameOf2(pin2)} was compiled against a newer C library than ${runtime} has`,
    detail: `${why} ${runtime} has glibc ${glibc}. Built in: ${builder.description}.`,
    hint: `Compile where the C library is not newer: leave base-image and dockerfile out to use ${image}, or name an image with glibc ${glibc} or older.`,
    location: pin2.location
  };
}
function hostRefusal(pin2, why) {
  return new UserError({
    title: `${nameOf2(pin2)} has no wheel that could be used, and has to be compiled`,
    detail: why,
    hint: "Use builder: docker (with system-packages for what it needs), choose another version, or a binary variant of the package (psycopg[binary] instead of psycopg2).",
    location: pin2.location
  });
}
async function takeOut(folder, { builder, equipment, temporary }) {
  return await builder.take(folder, (0, import_node_path38.join)(temporary, ["taken", ...equipment].join("-")));
}
function isSameVersion(written2, wanted) {
  return (0, import_pep4406.compare)(written2.replace("_", "+"), wanted) === 0;
}
var import_node_path38, import_pep4406, lastLine;
var init_complete_wheel = __esm({
  "src/wheels/complete-wheel.ts"() {
    "use strict";
    import_node_path38 = require("node:path");
    import_pep4406 = __toESM(require_pep440(), 1);
    init_docker_environment();
    init_errors();
    init_tags();
    init_files();
    init_bench();
    lastLine = (text3) => text3.trim().split("\n").at(-1) ?? "";
  }
});

// src/wheels/build.ts
async function buildWheels(pins, options, collaborators) {
  const wheels = /* @__PURE__ */ new Map();
  const missing2 = [];
  const indexes = await otherIndexes(options.pipOptions, collaborators.environment);
  for (const pin2 of pins) {
    const key = await wheelKey(pin2, { ...options, indexes }, collaborators);
    const kept = await findBuilt(key, collaborators.store);
    if (kept) wheels.set(pin2.name, kept);
    else missing2.push({ pin: pin2, key });
  }
  if (missing2.length === 0) return wheels;
  const { target } = collaborators.toolchain;
  await collaborators.report.phase(
    `Build ${missing2.map(({ pin: pin2 }) => nameOf2(pin2)).join(", ")} for ${target.runtime} on ${target.architecture}`,
    async () => {
      const failures = [];
      for (const work of missing2) {
        try {
          wheels.set(work.pin.name, await buildWheel(work, options, collaborators));
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          failures.push(error);
        }
      }
      if (failures.length > 0) throw together(failures);
    }
  );
  return wheels;
}
function together(failures) {
  const [first] = failures;
  if (first !== void 0 && failures.length === 1) return first;
  return new UserError({
    title: `${failures.length} distributions could not be built`,
    detail: failures.map(({ title, detail, hint }) => [title, detail, hint].filter(Boolean).join("\n")).join("\n\n"),
    hint: failures.map(({ title }) => title).join("; "),
    location: first?.location
  });
}
async function wheelKey(pin2, { pipOptions, indexes, buildConstraints, dockerEnv }, { toolchain, toolsFolder, listFiles: listFiles3 }) {
  const { source: source2 } = pin2;
  const content = source2.kind === "local" ? await contentOf2(source2.path, listFiles3) : withoutCredentials(source2.kind === "url" ? source2.url : "");
  const recipe = await Promise.all(RECIPE_FILES3.map((name) => (0, import_promises42.readFile)((0, import_node_path39.join)(toolsFolder, name), "utf8")));
  const { identity, pythonVersion, target } = toolchain;
  const variables = Object.entries(dockerEnv).filter(([name]) => !isCredential(name, pin2, pipOptions));
  return keyOf(
    WHEEL_FORMAT,
    [pin2.name, pin2.version, [...pin2.hashes].sort(), content],
    [identity, pythonVersion, target.architecture, target.glibc],
    [pipOptions.map(withoutCredentials), indexes, buildConstraints, variables.sort()],
    [recipe, equipmentRecipe(target.pythonMinor)]
  );
}
function isCredential(name, { source: source2 }, pipOptions) {
  const addresses = [...pipOptions, source2.kind === "url" ? source2.url : ""];
  return addresses.some((address) => address.includes(`\${${name}}`));
}
async function contentOf2(path4, listFiles3) {
  if ((await (0, import_promises42.stat)(path4)).isFile()) return (await sha256Of(path4)).toString("hex");
  const hash = (0, import_node_crypto11.createHash)("sha256");
  for (const { path: name, file, mode } of await listFiles3(path4))
    hash.update(`${name}\0${mode}\0`).update(await sha256Of(file));
  return hash.digest("hex");
}
async function findBuilt(key, store) {
  const record2 = await readRecord(store, "wheels", keyOf("record", key));
  const path4 = record2 && await store.find("wheels", key);
  return path4 === void 0 || record2 === void 0 ? void 0 : { ...record2, path: path4 };
}
async function keepBuilt(key, file, filename, { store, ...options }) {
  const path4 = await store.keep("wheels", key, (temporary) => (0, import_promises42.copyFile)(file, temporary), options);
  const { name, version } = parseWheelName(filename);
  const record2 = { name, version, filename, sha256: (await sha256Of(path4)).toString("hex") };
  await writeRecord(store, "wheels", keyOf("record", key), record2, options);
  return { ...record2, path: path4 };
}
async function buildWheel({ pin: pin2, key }, options, collaborators) {
  const { store, report, toolchain, environment } = collaborators;
  const temporary = await (0, import_promises42.mkdtemp)((0, import_node_path39.join)((0, import_node_os7.tmpdir)(), "wsgi-lambda-wheel-"));
  try {
    let equipment = isRepository2(pin2.source) ? ["git"] : [];
    for (; ; ) {
      const builder = await toolchain.open(equipment);
      const workFolder = `wheels/${++tries}-${pin2.name}`;
      const bench = { builder, equipment, temporary, workFolder, run: following(pin2, builder, report) };
      const attempt = await attemptBuild(pin2, bench, options, collaborators);
      if ("filename" in attempt) {
        const isPrivate = !isPublicPin(pin2) || (await otherIndexes(options.pipOptions, environment)).length > 0;
        const file = (0, import_node_path39.join)(attempt.folder, attempt.filename);
        const kept = await keepBuilt(key, file, attempt.filename, { store, isPrivate });
        report.info(`${kept.name} ${kept.version}: built as ${kept.filename}`);
        return kept;
      }
      equipment = [...equipment, ...attempt.needs];
    }
  } finally {
    await (0, import_promises42.rm)(temporary, { recursive: true, force: true });
  }
}
function following(pin2, builder, report) {
  return (command, env = {}) => builder.run(command, {
    env,
    onLine: (line) => {
      const shown = withoutCredentials(line);
      report.progress(`${pin2.name}: ${shown}`);
      report.debug(shown);
    }
  });
}
async function attemptBuild(pin2, bench, options, { toolsFolder, listFiles: listFiles3 }) {
  const { builder, equipment } = bench;
  await builder.put(toolsFolder, SCRIPTS_FOLDER);
  const fetched = await fetchSource(pin2, { ...bench, ...options, listFiles: listFiles3 });
  if ("output" in fetched) return moreEquipment(pin2, fetched.output, bench);
  if (fetched.path.endsWith(".whl")) return await completeWheel(pin2, fetched.folder, bench);
  const needs = equipmentFor(await describeSource(pin2, fetched.path, builder));
  const lacking = needs.filter((piece) => !equipment.includes(piece));
  if (lacking.length > 0) return requireEquipment(pin2, lacking, builder);
  const built = await pipWheel(pin2, fetched.path, { ...bench, ...options });
  if ("output" in built) return moreEquipment(pin2, built.output, bench);
  return await completeWheel(pin2, built.folder, bench);
}
async function describeSource(pin2, path4, builder) {
  const { exitCode, stdout, stderr } = await builder.run([
    builder.python,
    "-I",
    `${SCRIPTS_FOLDER}/describe_source.py`,
    path4
  ]);
  if (exitCode === 0) return JSON.parse(stdout);
  throw new UserError({
    title: `${nameOf2(pin2)} could not be built: ${path4.split("/").at(-1) ?? path4} in its source cannot be read`,
    detail: lastLine(stderr),
    hint: "Look whether the archive is whole, and whether #subdirectory= names a folder that is there.",
    location: pin2.location
  });
}
function requireEquipment(pin2, needs, builder) {
  if (builder.kind === "docker") return { needs };
  throw hostRefusal(pin2, "It has code to be compiled, and the host builder does not compile.");
}
function moreEquipment(pin2, output, { builder, equipment }) {
  const wanted = equipmentWanted(output).filter((piece) => !equipment.includes(piece));
  if (wanted.length > 0) return requireEquipment(pin2, wanted, builder);
  const isOfBuild = /subprocess-exited-with-error|metadata-generation-failed|Preparing metadata|egg_info/i.test(output);
  if (isOfBuild && builder.kind === "docker" && !equipment.includes("compilers")) return { needs: ["compilers"] };
  throw new UserError(
    buildProblem(nameOf2(pin2), withoutCredentials(output), { image: builder.description, location: pin2.location })
  );
}
var import_node_crypto11, import_promises42, import_node_os7, import_node_path39, WHEEL_FORMAT, RECIPE_FILES3, tries;
var init_build = __esm({
  "src/wheels/build.ts"() {
    "use strict";
    import_node_crypto11 = require("node:crypto");
    import_promises42 = require("node:fs/promises");
    import_node_os7 = require("node:os");
    import_node_path39 = require("node:path");
    init_docker_setup();
    init_errors();
    init_credentials();
    init_public_index();
    init_hash();
    init_records();
    init_bench();
    init_build_failure();
    init_build_needs();
    init_build_source();
    init_complete_wheel();
    WHEEL_FORMAT = 2;
    RECIPE_FILES3 = ["fetch_repository.py", "describe_source.py", "build-tools.txt", "equip.sh"];
    tries = 0;
  }
});

// src/wheels/extra-files.ts
async function takeExtraFiles(patterns, { toolchain, store, toolsFolder }) {
  if (patterns.length === 0) return [];
  const script = await (0, import_promises43.readFile)((0, import_node_path40.join)(toolsFolder, "copy_files.py"), "utf8");
  const key = keyOf("extra files 2", toolchain.identity, patterns, script);
  const kept = await findKept(key, store);
  if (kept) return kept;
  const folder = await (0, import_promises43.mkdtemp)((0, import_node_path40.join)((0, import_node_os8.tmpdir)(), "wsgi-lambda-extra-"));
  try {
    const taken2 = await takeOut2(patterns, (0, import_node_path40.join)(folder, "taken"), toolchain, toolsFolder);
    return await keepAll(key, taken2, store);
  } finally {
    await (0, import_promises43.rm)(folder, { recursive: true, force: true });
  }
}
async function findKept(key, store) {
  const record2 = await readRecord(store, "toolchains", key);
  if (!record2) return void 0;
  const files = [];
  for (const { key: fileKey, ...rest } of record2) {
    const file = await store.find("toolchains", fileKey);
    if (file === void 0) return void 0;
    files.push({ ...rest, file });
  }
  return files;
}
async function keepAll(key, taken2, store) {
  const files = [];
  const record2 = [];
  for (const { path: path4, mode, file } of taken2) {
    const fileKey = keyOf(key, path4);
    files.push({ path: path4, mode, file: await store.keep("toolchains", fileKey, (kept) => (0, import_promises43.copyFile)(file, kept)) });
    record2.push({ path: path4, mode, key: fileKey });
  }
  await writeRecord(store, "toolchains", key, record2);
  return files;
}
async function takeOut2(patterns, localFolder, toolchain, toolsFolder) {
  const builder = await toolchain.open();
  await builder.put(toolsFolder, SCRIPTS_FOLDER);
  const wanted = patterns.map(splitPattern);
  const { exitCode, stdout, stderr } = await builder.run([
    ...[builder.python, "-I", `${SCRIPTS_FOLDER}/copy_files.py`, "extra-files"],
    ...wanted.map(({ pattern }) => pattern)
  ]);
  if (exitCode !== 0) throw new UserError({ title: "docker-extra-files could not be copied", detail: stderr.trim() });
  const missing2 = JSON.parse(stdout);
  if (missing2.length > 0) {
    throw new UserError({
      title: `docker-extra-files: ${missing2.join(", ")} ${missing2.length === 1 ? "is" : "are"} not in the image`,
      detail: builder.description,
      hint: "Name the package that has it in system-packages, or correct the path."
    });
  }
  const folder = await builder.take("extra-files", localFolder);
  const files = /* @__PURE__ */ new Map();
  for (const [number2, { pattern, target }] of wanted.entries()) {
    const root = (0, import_node_path40.join)(folder, String(number2));
    for (const path4 of await filesBelow(root)) {
      const mode = (await (0, import_promises43.stat)((0, import_node_path40.join)(root, path4))).mode & 73 ? 493 : 420;
      const place = targetOf2(path4, pattern, target);
      if (!files.has(place)) files.set(place, { path: place, mode, file: (0, import_node_path40.join)(root, path4) });
    }
  }
  return [...files.values()];
}
function splitPattern(entry) {
  const at = entry.indexOf(":");
  return at < 0 ? { pattern: entry, target: void 0 } : { pattern: entry.slice(0, at), target: entry.slice(at + 1) };
}
function targetOf2(path4, pattern, target) {
  if (target === void 0)
    return SHARED_LIBRARY.test(path4) && !path4.includes("/") ? `lib/${import_node_path40.posix.basename(path4)}` : path4;
  const isFolder = target.endsWith("/") || /[*?[]/.test(pattern) || path4.includes("/");
  const wanted = import_node_path40.posix.normalize(isFolder ? import_node_path40.posix.join(target, path4) : target);
  if (!wanted.startsWith("..")) return wanted;
  throw new UserError(
    {
      title: `docker-extra-files: ${pattern}:${target} leads out of the artifact`,
      hint: "Name a path below its root: lib/, say."
    },
    { exitCode: 2 }
  );
}
async function filesBelow(root) {
  const entries = await (0, import_promises43.readdir)(root, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => import_node_path40.posix.relative(root, (0, import_node_path40.join)(entry.parentPath, entry.name))).filter((path4) => !/(?:^|\/)__pycache__\//.test(path4)).sort();
}
var import_promises43, import_node_os8, import_node_path40, SHARED_LIBRARY;
var init_extra_files = __esm({
  "src/wheels/extra-files.ts"() {
    "use strict";
    import_promises43 = require("node:fs/promises");
    import_node_os8 = require("node:os");
    import_node_path40 = require("node:path");
    init_errors();
    init_records();
    init_build_source();
    SHARED_LIBRARY = /\.so(?:\.[\d.]+)?$/;
  }
});

// src/wheels/leave-out.ts
function withoutRuntimeSdk(pins) {
  const others = pins.filter(({ name, requiredBy }) => {
    if (SDK.has(name)) return false;
    return !NEEDS_OF_SDK.has(name) || requiredBy.length === 0 || requiredBy.includes(PROJECT);
  });
  const isLeftToRuntime = leftBy(pins, others, /* @__PURE__ */ new Set());
  return shorten(pins, ({ name }) => RUNTIME_SDK.has(name) && isLeftToRuntime(name));
}
function withoutDistributions(pins, names) {
  const wanted = new Set(names.map(normalise));
  const isBelow = reachedFrom(
    pins,
    pins.filter(({ name }) => wanted.has(name)),
    /* @__PURE__ */ new Set()
  );
  const listed = new Set(pins.map(({ name }) => name));
  const stays = ({ name, requiredBy }) => !wanted.has(name) && // Of which the manifest does not tell who needs it, or somebody does who is not on the list.
  (!isBelow.has(name) || requiredBy.length === 0 || requiredBy.some((other) => !listed.has(other)));
  const isLeft = leftBy(pins, pins.filter(stays), wanted);
  return shorten(pins, ({ name }) => wanted.has(name) || isBelow.has(name) && isLeft(name));
}
function shorten(pins, isOut) {
  return { pins: pins.filter((pin2) => !isOut(pin2)), leftOut: pins.filter(isOut).map(({ name }) => name) };
}
function leftBy(pins, roots, barred) {
  const reached = reachedFrom(pins, roots, barred);
  return (name) => !reached.has(name);
}
function reachedFrom(pins, roots, barred) {
  const reached = new Set(roots.map(({ name }) => name));
  for (const requirer of reached) {
    for (const { name, requiredBy } of pins) if (requiredBy.includes(requirer) && !barred.has(name)) reached.add(name);
  }
  return reached;
}
var PROJECT, SDK, NEEDS_OF_SDK, RUNTIME_SDK;
var init_leave_out = __esm({
  "src/wheels/leave-out.ts"() {
    "use strict";
    init_files();
    PROJECT = "";
    SDK = /* @__PURE__ */ new Set(["boto3", "botocore", "s3transfer", "jmespath"]);
    NEEDS_OF_SDK = /* @__PURE__ */ new Set(["python-dateutil", "six", "urllib3"]);
    RUNTIME_SDK = /* @__PURE__ */ new Set([...SDK, ...NEEDS_OF_SDK]);
  }
});

// src/wheels/local-mapping.ts
function mappingOf(project) {
  const backend = tableAt2(project.document, "build-system")["build-backend"] ?? DEFAULT_BACKEND;
  switch (typeof backend === "string" ? backend.split(/[.:]/, 1)[0] ?? "" : "") {
    case "setuptools":
      return setuptoolsMapping(project);
    case "hatchling":
      return hatchMapping(project);
    case "poetry":
      return poetryMapping(project);
    case "flit_core":
    case "flit":
      return flitMapping(project);
    case "uv_build":
      return uvMapping(project);
    case "pdm":
      return pdmMapping(project);
    default:
      return void 0;
  }
}
function setuptoolsMapping({ document, paths }) {
  const settings = tableAt2(document, "tool", "setuptools");
  const own = ["ext-modules", "cmdclass", "data-files", "exclude-package-data"].filter((name) => name in settings);
  if (own.length > 0 || paths.includes("setup.py") || paths.includes("setup.cfg")) return void 0;
  const folders = tableAt2(settings, "package-dir");
  const root = typeof folders[""] === "string" ? folders[""] : void 0;
  if (Object.keys(folders).some((name) => name !== "")) return void 0;
  const modules = strings(settings["py-modules"]);
  const packages = settings["packages"];
  if (Array.isArray(packages)) return packagesBelow(root ?? "", strings(packages), modules);
  if (isTable(packages)) return foundPackages(tableAt2(packages, "find"), root, modules);
  if (modules.length > 0) return packagesBelow(root ?? "", [], modules);
  return root === void 0 ? discoveredBySetuptools(paths) : below(root);
}
function packagesBelow(root, packages, modules) {
  const folders = packages.map((name) => name.replaceAll(".", "/"));
  return (path4) => {
    const inside2 = stripRoot(path4, root);
    if (inside2 === void 0) return void 0;
    const isOfPackage = folders.some((folder) => inside2.startsWith(`${folder}/`));
    return isOfPackage || modules.some((name) => inside2 === `${name.replaceAll(".", "/")}.py`) ? inside2 : void 0;
  };
}
function foundPackages(find, root, modules) {
  const where = strings(find["where"]);
  const roots = where.length > 0 ? where : [root ?? ""];
  const include = strings(find["include"]).map(globExpression);
  const exclude = strings(find["exclude"]).map(globExpression);
  return (path4) => {
    for (const folder of roots) {
      const inside2 = stripRoot(path4, folder);
      if (inside2 === void 0) continue;
      if (modules.some((name) => inside2 === `${name}.py`)) return inside2;
      const names = inside2.split("/").slice(0, -1);
      if (names.length === 0) continue;
      const packages = names.map((_, index) => names.slice(0, index + 1).join("."));
      const isIncluded = include.length === 0 || packages.some((name) => include.some((glob) => glob.test(name)));
      if (isIncluded && !packages.some((name) => exclude.some((glob) => glob.test(name)))) return inside2;
    }
    return void 0;
  };
}
function globExpression(glob) {
  return new RegExp(
    `^${glob.replace(/[.+^${}()|\\[\]]/g, "\\$&").replace(/\*/g, ".*").replace(/\?/g, ".")}$`
  );
}
function discoveredBySetuptools(paths) {
  if (paths.some((path4) => path4.startsWith("src/"))) return below("src");
  const packages = [
    ...new Set(paths.filter((path4) => /^[^/]+\/.*\.py$/.test(path4)).map((path4) => path4.split("/", 1)[0] ?? ""))
  ].filter((name) => !NO_PACKAGES.test(name));
  const modules = paths.filter((path4) => /^[^/]+\.py$/.test(path4) && !NO_MODULES.test(path4));
  if (packages.length === 1) return packagesBelow("", packages, []);
  return packages.length === 0 && modules.length === 1 ? just(modules) : void 0;
}
function hatchMapping({ document, module: module2, paths }) {
  const build2 = tableAt2(document, "tool", "hatch", "build");
  const wheel = { ...build2, ...tableAt2(build2, "targets", "wheel") };
  if (["hooks", "include", "artifacts", "shared-data"].some((name) => name in wheel)) return void 0;
  const forced = tableAt2(wheel, "force-include");
  const excluded = (0, import_ignore3.default)().add(strings(wheel["exclude"]));
  const mapping = hatchSelection(wheel, module2, paths);
  return mapping && ((path4) => {
    for (const [from, to] of Object.entries(forced)) {
      const rest = path4 === from ? "" : stripRoot(path4, from);
      if (rest !== void 0 && typeof to === "string") return [trimmed2(to), rest].filter(Boolean).join("/");
    }
    return excluded.ignores(path4) ? void 0 : mapping(path4);
  });
}
function hatchSelection(wheel, module2, paths) {
  const packages = strings(wheel["packages"]).map(trimmed2);
  const only = strings(wheel["only-include"]).map(trimmed2);
  const sources = wheel["sources"];
  if (packages.length > 0)
    return (path4) => {
      const folder = packages.find((name) => path4 === name || path4.startsWith(`${name}/`));
      return folder === void 0 ? void 0 : path4.slice(folder.lastIndexOf("/") + 1);
    };
  if (only.length > 0)
    return (path4) => only.some((name) => path4 === name || path4.startsWith(`${name}/`)) ? withSources(path4, sources) : void 0;
  if (sources !== void 0) return void 0;
  for (const root of ["", "src"]) {
    const at = root === "" ? module2 : `${root}/${module2}`;
    if (paths.includes(`${at}/__init__.py`)) return packagesBelow(root, [module2], []);
  }
  return paths.includes(`${module2}.py`) ? just([`${module2}.py`]) : void 0;
}
function withSources(path4, sources) {
  const table2 = isTable(sources) ? sources : Object.fromEntries(strings(sources).map((name) => [name, ""]));
  for (const [from, to] of Object.entries(table2)) {
    const rest = stripRoot(path4, from);
    if (rest !== void 0 && typeof to === "string") return [trimmed2(to), rest].filter(Boolean).join("/");
  }
  return path4;
}
function poetryMapping({ document, module: module2, paths }) {
  const settings = tableAt2(document, "tool", "poetry");
  if ("build" in settings || "exclude" in settings) return void 0;
  const listed = settings["packages"];
  if (!Array.isArray(listed)) return discovered(module2, paths);
  const rules = listed.filter(isTable).map(({ include, from, to, format }) => ({
    include: trimmed2(typeof include === "string" ? include : ""),
    from: trimmed2(typeof from === "string" ? from : ""),
    to: trimmed2(typeof to === "string" ? to : ""),
    isForWheels: format === void 0 || strings(format).includes("wheel") || format === "wheel"
  }));
  if (rules.some(({ include }) => include === "" || /[*?[]/.test(include))) return void 0;
  return (path4) => {
    for (const { include, from, to, isForWheels } of rules) {
      const inside2 = stripRoot(path4, from);
      if (!isForWheels || inside2 === void 0) continue;
      if (inside2 === include || inside2.startsWith(`${include}/`)) return [to, inside2].filter(Boolean).join("/");
    }
    return void 0;
  };
}
function flitMapping({ document, module: module2, paths }) {
  const name = tableAt2(document, "tool", "flit", "module")["name"];
  return discovered(typeof name === "string" ? name.replaceAll(".", "/") : module2, paths);
}
function uvMapping({ document, module: module2 }) {
  const settings = tableAt2(document, "tool", "uv", "build-backend");
  if (["wheel-exclude", "data", "source-include"].some((name) => name in settings)) return void 0;
  const root = settings["module-root"];
  const names = strings(settings["module-name"]);
  const wanted = settings["module-name"] === void 0 ? [module2] : names;
  return packagesBelow(typeof root === "string" ? root : "src", wanted, []);
}
function pdmMapping({ document, paths }) {
  const settings = tableAt2(document, "tool", "pdm", "build");
  if (["includes", "excludes", "custom-hook", "run-setuptools", "is-purelib"].some((name) => name in settings))
    return void 0;
  const given = settings["package-dir"];
  const root = typeof given === "string" ? given : paths.some((path4) => path4.startsWith("src/")) ? "src" : "";
  const inside2 = paths.map((path4) => stripRoot(path4, root)).filter((path4) => path4 !== void 0);
  const packages = inside2.filter((path4) => /^[^/]+\/__init__\.py$/.test(path4)).map((path4) => path4.split("/", 1)[0] ?? "");
  const modules = inside2.filter((path4) => /^[^/]+\.py$/.test(path4));
  if (packages.length > 0)
    return packagesBelow(
      root,
      packages.filter((name) => !/^tests?$/.test(name)),
      []
    );
  return modules.length > 0 ? (path4) => modules.find((name) => name === stripRoot(path4, root)) : void 0;
}
function discovered(module2, paths) {
  for (const root of ["", "src"]) {
    const at = root === "" ? module2 : `${root}/${module2}`;
    if (paths.some((path4) => path4.startsWith(`${at}/`) && path4.endsWith(".py")))
      return packagesBelow(root, [module2], []);
    if (paths.includes(`${at}.py`)) return (path4) => path4 === `${at}.py` ? `${module2}.py` : void 0;
  }
  return void 0;
}
function stripRoot(path4, root) {
  const folder = trimmed2(root);
  if (folder === "") return path4;
  return path4.startsWith(`${folder}/`) ? path4.slice(folder.length + 1) : void 0;
}
function isTable(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
function tableAt2(table2, ...names) {
  return names.reduce((inner, name) => {
    const value = inner[name];
    return isTable(value) ? value : {};
  }, table2);
}
function strings(value) {
  const values = Array.isArray(value) ? value : [value];
  return values.filter((item) => typeof item === "string");
}
var import_ignore3, DEFAULT_BACKEND, NO_PACKAGES, NO_MODULES, just, below, trimmed2;
var init_local_mapping = __esm({
  "src/wheels/local-mapping.ts"() {
    "use strict";
    import_ignore3 = __toESM(require_ignore(), 1);
    DEFAULT_BACKEND = "setuptools.build_meta";
    NO_PACKAGES = /^(?:ci|bin|debian|doc|docs|documentation|manpages|news|newsfragments|changelog|tests?|unit_tests?|e2e_tests?|examples?|scripts|tools|utils?|python|build|benchmarks?|exercises?|htmlcov|tasks|fabfile|site_scons|[._].*|.*\.egg-info)$/;
    NO_MODULES = /^(?:setup|conftest|tests?|examples?|build|toxfile|noxfile|pavement|dodo|tasks|fabfile)\.py$/;
    just = (names) => (path4) => names.includes(path4) ? path4 : void 0;
    below = (root) => (path4) => stripRoot(path4, root);
    trimmed2 = (path4) => path4.replace(/^(?:\.?\/)+|\/+$/g, "").replace(/^\.$/, "");
  }
});

// src/wheels/local.ts
async function readLocalPackage(pin2, listFiles3) {
  if (pin2.source.kind !== "local") return void 0;
  const folder = pin2.source.path;
  if (!(await (0, import_promises44.stat)(folder)).isDirectory()) return void 0;
  const toml = await (0, import_promises44.readFile)((0, import_node_path41.join)(folder, "pyproject.toml"), "utf8").catch(() => void 0);
  const document = toml === void 0 ? void 0 : parseOrNothing(toml);
  if (document === void 0) return void 0;
  const listed = await listFiles3(folder);
  const paths = listed.map(({ path: path4 }) => path4);
  const isCompiled = equipmentFor({ names: paths, pyproject: toml ?? null }).length > 0;
  const mapping = isCompiled ? void 0 : mappingOf({ document, module: pin2.name.replaceAll("-", "_"), paths });
  const version = pin2.version ?? await staticVersion(document, folder);
  if (mapping === void 0 || version === void 0) return void 0;
  const files = listed.flatMap((file) => {
    const path4 = mapping(file.path);
    return path4 === void 0 ? [] : [{ ...file, path: path4 }];
  });
  return { name: normalise(pin2.name), version, files, metadata: metadataOf(pin2.name, version, document) };
}
function parseOrNothing(toml) {
  try {
    return parse(toml);
  } catch {
    return void 0;
  }
}
async function staticVersion(document, folder) {
  const written2 = tableAt2(document, "project")["version"] ?? tableAt2(document, "tool", "poetry")["version"];
  if (typeof written2 === "string") return written2;
  const { path: path4 } = tableAt2(document, "tool", "hatch", "version");
  if (typeof path4 !== "string") return void 0;
  const text3 = await (0, import_promises44.readFile)((0, import_node_path41.join)(folder, path4), "utf8").catch(() => "");
  return /^(?:__version__|VERSION)(?::\s*str)?\s*=\s*["']v?([^"']+)["']/m.exec(text3)?.[1];
}
function metadataOf(name, version, document) {
  const folder = `${name.replaceAll("-", "_")}-${version.replace(/[^\w.+!]/g, "_")}.dist-info`;
  const entryPoints = entryPointsOf(document);
  const { dependencies } = tableAt2(document, "project");
  const required = Array.isArray(dependencies) ? dependencies.map(String) : [];
  const fields = [`Name: ${name}`, `Version: ${version}`, ...required.map((text3) => `Requires-Dist: ${asField(text3)}`)];
  return [
    { path: `${folder}/METADATA`, text: ["Metadata-Version: 2.1", ...fields, ""].join("\n") },
    ...entryPoints === "" ? [] : [{ path: `${folder}/entry_points.txt`, text: entryPoints }]
  ];
}
function asField(requirement) {
  return requirement.replace(/^([^@;]+?)\s*@\s*\S+/, "$1").replace(/\s+/g, " ").trim();
}
function entryPointsOf(document) {
  const project = tableAt2(document, "project");
  const poetry = tableAt2(document, "tool", "poetry");
  const groups = {
    console_scripts: { ...tableAt2(poetry, "scripts"), ...tableAt2(project, "scripts") },
    gui_scripts: tableAt2(project, "gui-scripts")
  };
  for (const table2 of [tableAt2(poetry, "plugins"), tableAt2(project, "entry-points")])
    for (const group of Object.keys(table2)) groups[group] = { ...groups[group], ...tableAt2(table2, group) };
  return Object.entries(groups).map(([group, entries]) => [group, Object.entries(entries).filter(isText)]).filter(([, entries]) => entries.length > 0).map(([group, entries]) => `[${group}]
${entries.map(([name, value]) => `${name} = ${value}
`).join("")}`).join("\n");
}
var import_promises44, import_node_path41, isText;
var init_local = __esm({
  "src/wheels/local.ts"() {
    "use strict";
    import_promises44 = require("node:fs/promises");
    import_node_path41 = require("node:path");
    init_dist();
    init_files();
    init_build_needs();
    init_local_mapping();
    isText = (entry) => typeof entry[1] === "string";
  }
});

// src/commands/parts.ts
async function partsOf(settings, product, collaborators) {
  const extraFiles = await takeExtraFiles(settings.dockerExtraFiles, { ...collaborators, ...product });
  if (!settings.packRequirements) return { pins: [], pipOptions: [], locals: [], extraFiles };
  const { pins, pipOptions } = await lockRequirements(settings, collaborators);
  const wanted = withoutLeftOut(pins, settings, collaborators.report);
  const locals = /* @__PURE__ */ new Map();
  for (const pin2 of wanted) {
    const placed = await readLocalPackage(pin2, listFiles(settings));
    if (placed) locals.set(pin2, placed);
  }
  return { pins: wanted.filter((pin2) => !locals.has(pin2)), pipOptions, locals: [...locals.values()], extraFiles };
}
function withoutLeftOut(pins, { noDeploy, runtimeSdk }, report) {
  const named = withoutDistributions(pins, noDeploy);
  const rest = runtimeSdk ? withoutRuntimeSdk(named.pins) : { pins: named.pins, leftOut: [] };
  const leftOut = [...named.leftOut, ...rest.leftOut];
  if (leftOut.length > 0) report.info(`left out: ${leftOut.join(", ")}`);
  const absent = noDeploy.filter((name) => !pins.some((pin2) => pin2.name === normalise(name)));
  if (absent.length > 0) report.info(`no-deploy: not among the requirements: ${absent.join(", ")}`);
  return rest.pins;
}
async function wheelsOf(pins, { pipOptions }, settings, { toolsFolder }, collaborators) {
  const { buildConstraints, dockerEnv } = settings;
  const options = { pipOptions, buildConstraints, dockerEnv };
  return await buildWheels(pins, options, { ...collaborators, toolsFolder, listFiles: listFiles(settings) });
}
function listFiles({ output }) {
  return async (folder) => {
    const entries = await applicationEntries(folder, { exclude: [], include: [], output });
    return entries.flatMap(({ path: path4, mode, content }) => "file" in content ? [{ path: path4, mode, file: content.file }] : []);
  };
}
var init_parts = __esm({
  "src/commands/parts.ts"() {
    "use strict";
    init_application();
    init_files();
    init_lock();
    init_build();
    init_extra_files();
    init_leave_out();
    init_local();
  }
});

// src/commands/build.ts
async function build(settings, command, { createToolchain: createToolchain2, createStore, product, report, environment, clock }) {
  const { seconds, timed } = stopwatch(clock);
  const once = async () => {
    var _stack = [];
    try {
      const store = __using(_stack, createStore(settings), true);
      const toolchain = __using(_stack, await timed("builder", () => createToolchain2(settings, store)), true);
      report.info(`builder: ${toolchain.description}`);
      const collaborators = { toolchain, store, report, environment: await withPipFiles(environment) };
      const parts = await timed("requirements", () => partsOf(settings, product, collaborators));
      const isChecked = wantsCheck(settings.check, command);
      const { assembled, check: check2 } = await makeChecked(settings, isChecked, parts, { ...collaborators, product, timed });
      const { artifact, layer, packages, made } = assembled;
      report.info(`${describe(artifact)}, ${packages.length} packages)`);
      if (layer) report.info(`${describe(layer)})`);
      return {
        artifact,
        ...layer && { layer },
        runtime: settings.target.runtime,
        architecture: settings.target.architecture,
        streaming: settings.streaming,
        builder: toolchain.kind,
        slices: { total: packages.length, reused: packages.length - made, built: made },
        packages,
        ...check2 && { check: check2.outcome },
        seconds
      };
    } catch (_) {
      var _error = _, _hasError = true;
    } finally {
      var _promise = __callDispose(_stack, _error, _hasError);
      _promise && await _promise;
    }
  };
  return await report.phase(`Build ${settings.target.runtime} on ${settings.target.architecture}`, async () => {
    for (const line of settings.found) report.info(line);
    try {
      return await once();
    } catch (error) {
      if (!(error instanceof ToolchainChanged)) throw error;
      report.info(error.message);
      return await once();
    }
  });
}
function describe({ path: path4, zipBytes, unzippedBytes, entries }) {
  return `${path4}: ${megabytes(zipBytes)} (${megabytes(unzippedBytes)} unzipped, ${entries} files`;
}
function stopwatch(clock) {
  const seconds = {};
  const timed = async (step2, work) => {
    const started = clock();
    const result = await work();
    seconds[step2] = Math.round(clock() - started + (seconds[step2] ?? 0) * 1e3) / 1e3;
    return result;
  };
  return { seconds, timed };
}
async function makeChecked(settings, isChecked, parts, making) {
  if (!settings.strip) return await make(settings, isChecked, parts, making);
  const stripped = await make(settings, true, parts, making).catch((error) => {
    if (error instanceof UserError) return error;
    throw error;
  });
  if ("check" in stripped && stripped.check?.outcome === "passed") return stripped;
  making.report.notice({
    title: "Symbols are not stripped: it could not be shown that the application works without them",
    detail: stripped instanceof UserError ? stripped.title : void 0,
    hint: "To silence this, remove strip."
  });
  return await make({ ...settings, strip: false }, isChecked, parts, making);
}
async function make(settings, isChecked, parts, making) {
  const { product, timed, ...collaborators } = making;
  const temporary = settings.dependenciesLayer && isChecked ? await (0, import_promises45.mkdtemp)((0, import_node_path42.join)((0, import_node_os9.tmpdir)(), "wsgi-lambda-whole-")) : "";
  try {
    const assembled = await timed(
      "artifact",
      () => assemble(settings, parts, product, {
        ...collaborators,
        buildWheels: (wheelless) => wheelsOf(wheelless, parts, settings, product, collaborators),
        whole: temporary === "" ? void 0 : (0, import_node_path42.join)(temporary, "whole.zip")
      })
    );
    const check2 = isChecked ? await timed("check", () => checkArtifact(assembled.whole, settings, collaborators)) : void 0;
    return { assembled, check: check2 };
  } finally {
    if (temporary !== "") await (0, import_promises45.rm)(temporary, { recursive: true, force: true });
  }
}
var import_promises45, import_node_os9, import_node_path42;
var init_build2 = __esm({
  "src/commands/build.ts"() {
    "use strict";
    import_promises45 = require("node:fs/promises");
    import_node_os9 = require("node:os");
    import_node_path42 = require("node:path");
    init_assemble();
    init_check();
    init_builder();
    init_pip_files();
    init_errors();
    init_size();
    init_parts();
  }
});

// src/aws/errors.ts
function adviceFor(error, {
  action,
  resource,
  arn: own = `arn:aws:lambda:*:*:function:${resource}`
}) {
  if (!(error instanceof Error) || error instanceof UserError) return error;
  const { message, cause } = { message: error.message, cause: { cause: error } };
  if (error.name === "CredentialsProviderError" || /could not load credentials/i.test(message)) {
    return new UserError(
      {
        title: "There are no AWS credentials",
        detail: message,
        hint: "In a workflow, run aws-actions/configure-aws-credentials before this step (with id-token: write); elsewhere, set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
      },
      cause
    );
  }
  if (/region is missing/i.test(message)) {
    return new UserError(
      { title: "There is no AWS region", hint: "Set AWS_REGION, or a region in the profile." },
      cause
    );
  }
  if (/region not accepted/i.test(message)) {
    return new UserError(
      { title: "The AWS region is not valid", detail: message, hint: "Set AWS_REGION, as in eu-west-1." },
      cause
    );
  }
  if ([
    "ExpiredTokenException",
    "ExpiredToken",
    "UnrecognizedClientException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "InvalidToken"
  ].includes(error.name)) {
    return new UserError(
      {
        title: "AWS does not accept the credentials",
        detail: message,
        hint: "They are wrong or have expired: get new ones and run again."
      },
      cause
    );
  }
  if (isDenied(error)) {
    const [, denied = action, arn] = /not authorized to perform: (\S+)(?: on resource: "?(arn:[^\s"]+))?/.exec(message) ?? [];
    const statement = JSON.stringify({
      Effect: "Allow",
      Action: denied,
      Resource: arn ?? own
    });
    return new UserError(
      {
        title: `The credentials may not do ${denied} on ${arn ?? resource}`,
        detail: message,
        hint: `Add this statement to their policy: ${statement}`
      },
      cause
    );
  }
  if (error.name === "InvalidParameterValueException" && /environment variables.*exceeded the 4 ?KB limit/is.test(message)) {
    return new UserError(
      {
        title: "The environment variables are larger than 4 KB, the most that a function can have",
        hint: "Remove some, or keep long values in Parameter Store or Secrets Manager."
      },
      cause
    );
  }
  if (error.name === "InvalidParameterValueException" && /role/i.test(message)) {
    return new UserError(
      {
        title: "Lambda does not accept the execution role",
        detail: message,
        hint: "Check the ARN in role. Its trust policy must allow lambda.amazonaws.com to assume it; a new role takes some seconds to be known."
      },
      cause
    );
  }
  if (error.name === "InvalidParameterValueException" && /S3 Error Code/i.test(message)) {
    return new UserError(
      {
        title: "Lambda could not read the artifact from the bucket",
        detail: message,
        hint: "The bucket of upload-bucket must be in the function's region, and the credentials need s3:GetObject on it."
      },
      cause
    );
  }
  if (error.name === "NoSuchBucket") {
    return new UserError(
      { title: `The bucket of ${resource} does not exist`, detail: message, hint: "Check its name, or create it." },
      cause
    );
  }
  if (["PermanentRedirect", "AuthorizationHeaderMalformed"].includes(error.name)) {
    return new UserError(
      {
        title: `The bucket of ${resource} is in another region`,
        detail: message,
        hint: "Use one in the function's region (AWS_REGION)."
      },
      cause
    );
  }
  const code = codeOf2(error);
  if (code !== void 0) {
    return new UserError(
      {
        title: `AWS could not be reached (${code})`,
        detail: message,
        hint: "Check the network, the region, NODE_EXTRA_CA_CERTS behind a proxy, and AWS_ENDPOINT_URL when it is set."
      },
      cause
    );
  }
  if (error.name === "PreconditionFailedException") {
    return new UserError(
      {
        title: `${action} failed: ${resource} was changed by somebody else meanwhile`,
        detail: message,
        hint: "Run this again when nothing else changes it."
      },
      cause
    );
  }
  if ("$fault" in error) return new UserError({ title: `${action} failed: ${error.name}`, detail: message }, cause);
  return error;
}
function isDenied(error) {
  const { $metadata } = error;
  const isNameless = ["Unknown", "UnknownError", "Forbidden", "403"].includes(error.name);
  return ["AccessDeniedException", "AccessDenied"].includes(error.name) || isNameless && $metadata?.httpStatusCode === 403;
}
function codeOf2(error) {
  const { code } = error;
  if (code !== void 0 && UNREACHABLE.has(code)) return code;
  return error.name === "TimeoutError" ? "ETIMEDOUT" : void 0;
}
function mayHaveArrived(error) {
  if (!(error instanceof Error)) return false;
  const { code, $metadata } = error;
  const isLost = ["ECONNRESET", "EPIPE", "ETIMEDOUT"].includes(code ?? "");
  return isLost || ($metadata?.httpStatusCode ?? 0) >= 500 || mayHaveArrived(error.cause);
}
function isNotFound(error) {
  if (!(error instanceof Error)) return false;
  return error.name === "ResourceNotFoundException" || isNotFound(error.cause);
}
function isBusy(error) {
  return error instanceof Error && error.name === "ResourceConflictException" && /in progress|state: pending|pending state|concurrent update/i.test(error.message);
}
var UNREACHABLE;
var init_errors2 = __esm({
  "src/aws/errors.ts"() {
    "use strict";
    init_errors();
    UNREACHABLE = /* @__PURE__ */ new Set([
      ...["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "ETIMEDOUT", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "EPIPE"],
      ...["CERT_HAS_EXPIRED", "DEPTH_ZERO_SELF_SIGNED_CERT", "ERR_TLS_CERT_ALTNAME_INVALID", "SELF_SIGNED_CERT_IN_CHAIN"],
      ...["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"]
    ]);
  }
});

// src/remote/protocol.ts
function requestOf({ kind, data, arguments: passed, file, stdin, environment }, id) {
  const fields = { command: kind, data, arguments: passed, stdin: stdin?.toString("base64"), environment, file, id };
  const payload = JSON.stringify({ "_serverless-wsgi": fields });
  const bytes = Buffer.byteLength(payload);
  if (bytes <= MAXIMUM_BYTES) return payload;
  throw new UserError(
    {
      title: "The command is larger than Lambda takes",
      detail: `It is ${bytes} bytes with everything that goes with it, and ${MAXIMUM_BYTES} are the most. Standard input takes a third more than its size.`,
      hint: "Put large data where the function can read it, as in S3, and name it in the arguments."
    },
    { exitCode: 2 }
  );
}
function readReply(payload) {
  const reply = parseJson2(payload);
  if (Array.isArray(reply)) {
    const [exitCode2, output2] = reply;
    const isPair = reply.length === 2 && isExitCode(exitCode2) && typeof output2 === "string";
    return isPair ? { exitCode: exitCode2, output: Buffer.from(output2), omittedBytes: 0, run: void 0 } : void 0;
  }
  if (typeof reply !== "object" || reply === null) return void 0;
  const { exitCode, output, isBase64Encoded, omittedBytes, ...run3 } = reply;
  if (!isExitCode(exitCode) || typeof output !== "string") return void 0;
  return {
    exitCode,
    output: Buffer.from(output, isBase64Encoded === true ? "base64" : "utf8"),
    omittedBytes: typeof omittedBytes === "number" ? omittedBytes : 0,
    run: {
      id: text2(run3["id"]),
      requestId: text2(run3["requestId"]),
      logGroup: text2(run3["logGroup"]),
      logStream: text2(run3["logStream"]),
      seconds: Number(run3["seconds"] ?? 0)
    }
  };
}
function exitStatus({ exitCode }) {
  return exitCode === 0 ? 0 : exitCode & 255 || 1;
}
function ignoredParts(command, { run: run3 }) {
  if (run3) return [];
  const parts = [];
  if (command.environment) parts.push("the variables");
  if (command.stdin) parts.push("the standard input");
  const isScript = command.kind === "exec" || command.kind === "command" && command.file !== void 0;
  if (isScript && command.arguments && command.arguments.length > 0) parts.push("the arguments");
  return parts;
}
function quoteAll(words3) {
  return words3.map((word) => /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`).join(" ");
}
function parseJson2(text3) {
  try {
    return JSON.parse(text3);
  } catch {
    return void 0;
  }
}
function isExitCode(value) {
  return Number.isSafeInteger(value);
}
function text2(value) {
  return typeof value === "string" ? value : "";
}
var OWN_CLIENT, MAXIMUM_BYTES;
var init_protocol = __esm({
  "src/remote/protocol.ts"() {
    "use strict";
    init_errors();
    OWN_CLIENT = { custom: { "wsgi-lambda": "1" } };
    MAXIMUM_BYTES = 6 * 1024 * 1024;
  }
});

// src/remote/command.ts
async function runRemoteCommand(command, { functionName, qualifier, timeoutSeconds }, lambda) {
  const id = (0, import_node_crypto12.randomUUID)();
  const payload = requestOf(command, id);
  const invocation = await lambda.invoke(functionName, qualifier, payload, timeoutSeconds, OWN_CLIENT).catch((error) => {
    throw unknownResult(error, mayHaveArrived(error) ? whereItEnded(id) : void 0);
  });
  const outcome = invocation.functionError === void 0 ? readReply(invocation.payload) : void 0;
  if (outcome) return outcome;
  throw new UserError(invocationFailure(invocation), { exitCode: UNKNOWN_RESULT });
}
function remarksOn(command, outcome) {
  const remarks = [];
  const { omittedBytes, run: run3 } = outcome;
  const ignored = ignoredParts(command, outcome);
  if (omittedBytes > 0) {
    const where = run3?.logGroup ? `Its log has them: the stream ${run3.logStream} of ${run3.logGroup}.` : "Its log has them.";
    remarks.push({ title: `${omittedBytes} bytes of the output are left out`, hint: where });
  }
  if (ignored.length > 0) {
    remarks.push({
      title: `The function did not take ${ignored.join(" and ")}`,
      hint: "It answers as one of serverless-wsgi: deploy it with this version of wsgi-lambda."
    });
  }
  return remarks;
}
function parseCommandLine(line) {
  const [, word = "", rest = ""] = /^(\S+)\s*([^]*)$/.exec(line.trim()) ?? [];
  const kind = word === "shell" ? "command" : word;
  if (isCommandKind(kind)) return { kind, data: rest };
  throw new UserError(
    {
      title: `${JSON.stringify(line)} is not a remote command`,
      hint: "It starts with manage, flask, exec or shell, as in: manage migrate --noinput"
    },
    { exitCode: 2 }
  );
}
function isCommandKind(word) {
  return ["manage", "flask", "exec", "command"].includes(word);
}
function unknownResult(error, advice) {
  if (!(error instanceof UserError)) return error;
  const { title, detail, hint } = error;
  const hints = [hint, advice].filter((text3) => text3 !== void 0);
  return new UserError(
    { title, detail, hint: hints.length > 0 ? hints.join("\n") : void 0 },
    { exitCode: UNKNOWN_RESULT, cause: error }
  );
}
function whereItEnded(id) {
  return `It may have run all the same: the function's log then has how it ended, in a line with ${id}.`;
}
function invocationFailure({ payload, functionError, logTail }) {
  const { errorType, errorMessage, stackTrace } = readFailure(payload);
  const detail = [errorMessage, ...stackTrace.map((frame2) => frame2.trimEnd()), logTail.trimEnd()].filter(Boolean).join("\n");
  if (/Task timed out/.test(errorMessage)) {
    return { title: "The function timed out", detail, hint: "Give it more time with timeout (up to 900 seconds)." };
  }
  if (functionError === void 0) {
    return {
      title: "The function gave an answer that is not a command result",
      detail,
      hint: "Is it a function that wsgi-lambda deployed? Its handler has to be wsgi_handler.handler."
    };
  }
  return { title: `The function failed${errorType === void 0 ? "" : `: ${errorType}`}`, detail };
}
function readFailure(payload) {
  const parsed = parseJson2(payload);
  const { errorType, errorMessage, stackTrace } = typeof parsed === "object" && parsed !== null ? parsed : {};
  return {
    errorType: typeof errorType === "string" ? errorType : void 0,
    errorMessage: typeof errorMessage === "string" ? errorMessage : payload,
    stackTrace: Array.isArray(stackTrace) ? stackTrace.filter((frame2) => typeof frame2 === "string") : []
  };
}
var import_node_crypto12, UNKNOWN_RESULT;
var init_command = __esm({
  "src/remote/command.ts"() {
    "use strict";
    import_node_crypto12 = require("node:crypto");
    init_errors2();
    init_errors();
    init_protocol();
    UNKNOWN_RESULT = 125;
  }
});

// src/report/inert.ts
function inert(line) {
  return withoutPasswords(line.replace(ESCAPE_SEQUENCES, "").replace(HARMFUL, ""));
}
function withoutPasswords(text3) {
  return text3.replace(PASSWORD, "$1****@").replace(TOKEN, "$1****@");
}
function inertJson(value) {
  return JSON.stringify(value, null, 2).replaceAll("##[", "#\\u0023[").replace(HARMFUL_IN_JSON, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
function linesOf2(text3) {
  const lines2 = text3.split(/\r?\n/);
  if (lines2.at(-1) === "") lines2.pop();
  return lines2;
}
function withoutCommand(line) {
  const text3 = line.replaceAll("##[", "# #[");
  return text3.trimStart().startsWith("::") ? `│ ${text3}` : text3;
}
var PASSWORD, TOKEN, ESCAPE_SEQUENCES, HARMFUL, HARMFUL_IN_JSON;
var init_inert = __esm({
  "src/report/inert.ts"() {
    "use strict";
    PASSWORD = /(:\/\/[^\s/:@]*:)[^\s/]+@/g;
    TOKEN = /(https?:\/\/)[^\s/:@]+@/g;
    ESCAPE_SEQUENCES = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[ -/]*[0-~]/g;
    HARMFUL = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
    HARMFUL_IN_JSON = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
  }
});

// src/settings/pyproject.ts
async function readPyproject(projectFolder) {
  const text3 = await readIfPresent((0, import_node_path43.join)(projectFolder, "pyproject.toml"));
  if (text3 === void 0)
    return { exists: false, hasDependencies: false, project: {}, settings: {}, stages: {}, problems: [] };
  const document = parseToml(text3);
  const problems = [];
  const ownTable = (value, name) => {
    if (value !== void 0 && !isTable2(value)) problems.push({ title: `${name} in pyproject.toml is not a table` });
    return asTable2(value);
  };
  const { stages, ...settings } = ownTable(asTable2(document["tool"])["wsgi-lambda"], "tool.wsgi-lambda");
  const stageTables = Object.entries(ownTable(stages, "tool.wsgi-lambda.stages")).map(
    ([name, table2]) => [name, ownTable(table2, `tool.wsgi-lambda.stages.${name}`)]
  );
  return {
    exists: true,
    hasDependencies: hasDependencies(asTable2(document["project"]), asTable2(asTable2(document["tool"])["poetry"])),
    project: asTable2(document["project"]),
    settings,
    stages: Object.fromEntries(stageTables),
    problems
  };
}
function hasDependencies(project, poetry) {
  const { dynamic } = project;
  const isDynamic = Array.isArray(dynamic) && dynamic.includes("dependencies");
  return project["dependencies"] !== void 0 || isDynamic || poetry["dependencies"] !== void 0;
}
function pyprojectSources(pyproject, stage2) {
  const base = { given: pyproject.settings, nameOf: (name) => `${name} in pyproject.toml` };
  if (stage2 === void 0) return { sources: [base], problems: [...pyproject.problems] };
  const overlay = Object.hasOwn(pyproject.stages, stage2) ? pyproject.stages[stage2] : void 0;
  if (overlay === void 0)
    return { sources: [base], problems: [...pyproject.problems, unknownStage(stage2, Object.keys(pyproject.stages))] };
  return {
    sources: [base, { given: overlay, nameOf: (name) => `${name} of stage ${stage2} in pyproject.toml` }],
    problems: [...pyproject.problems]
  };
}
function unknownStage(stage2, known) {
  const title = `The stage ${JSON.stringify(stage2)} is not known`;
  if (known.length > 0) {
    const all = `Known: ${known.join(", ")}.`;
    return { title, hint: [.../* @__PURE__ */ new Set([suggestion(stage2, known), all])].join(" ") };
  }
  return {
    title: `${title}: pyproject.toml has no stages`,
    hint: `Add a table [tool.wsgi-lambda.stages.${stage2}] (it may be empty), or leave the stage out.`
  };
}
function parseToml(text3) {
  try {
    return parse(text3);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw new SettingsError([
      {
        title: `pyproject.toml is not valid TOML (line ${error.line}, column ${error.column})`,
        // Its other lines show the file, which may hold values of environment variables.
        detail: error.message.split("\n", 1)[0],
        location: { file: "pyproject.toml", line: error.line }
      }
    ]);
  }
}
function isTable2(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
function asTable2(value) {
  return isTable2(value) ? value : {};
}
async function readIfPresent(path4) {
  try {
    return await (0, import_promises46.readFile)(path4, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return void 0;
    throw error;
  }
}
var import_promises46, import_node_path43;
var init_pyproject = __esm({
  "src/settings/pyproject.ts"() {
    "use strict";
    import_promises46 = require("node:fs/promises");
    import_node_path43 = require("node:path");
    init_dist();
    init_errors();
    init_suggestion();
  }
});

// aws:@aws-sdk/client-s3
var require_client_s3 = __commonJS({
  "aws:@aws-sdk/client-s3"(exports2, module2) {
    module2.exports = require("./aws.cjs")["@aws-sdk/client-s3"];
  }
});

// aws:@aws-sdk/lib-storage
var require_lib_storage = __commonJS({
  "aws:@aws-sdk/lib-storage"(exports2, module2) {
    module2.exports = require("./aws.cjs")["@aws-sdk/lib-storage"];
  }
});

// src/aws/s3.ts
var s3_exports = {};
__export(s3_exports, {
  createBucket: () => createBucket,
  hasOwnEndpoint: () => hasOwnEndpoint,
  parseBucketAddress: () => parseBucketAddress
});
function createBucket(address, { version, signal, isPathStyle, patienceSeconds }) {
  const { name, prefix } = parseBucketAddress(address);
  const client = new import_client_s3.S3Client({
    customUserAgent: [["wsgi-lambda", version]],
    forcePathStyle: isPathStyle,
    followRegionRedirects: true,
    ...patienceSeconds === void 0 ? {} : impatient(patienceSeconds * 1e3)
  });
  const keyOf2 = (key) => prefix + key;
  const advice = (error, action, key) => adviceFor(error, {
    action: `s3:${action}`,
    resource: `s3://${name}/${keyOf2(key)}`,
    arn: `arn:aws:s3:::${name}/${prefix}*`
  });
  return {
    name,
    keyOf: keyOf2,
    addressOf: (key) => `s3://${name}/${keyOf2(key)}`,
    find: async (key) => {
      try {
        const command = new import_client_s3.HeadObjectCommand({ Bucket: name, Key: keyOf2(key) });
        return objectState(await client.send(command, { abortSignal: signal }));
      } catch (error) {
        if (isMissing(error)) return void 0;
        throw advice(error, "GetObject", key);
      }
    },
    read: async (key) => {
      try {
        const command = new import_client_s3.GetObjectCommand({ Bucket: name, Key: keyOf2(key) });
        const found = await client.send(command, { abortSignal: signal });
        return { ...objectState(found), body: found.Body instanceof import_node_stream6.Readable ? found.Body : import_node_stream6.Readable.from([]) };
      } catch (error) {
        if (isMissing(error)) return void 0;
        throw advice(error, "GetObject", key);
      }
    },
    write: async (key, path4, sha256, { isNew = false } = {}) => {
      const upload = new import_lib_storage.Upload({
        client,
        partSize: PART_BYTES,
        queueSize: PARTS_AT_ONCE,
        params: {
          Bucket: name,
          Key: keyOf2(key),
          Body: (0, import_node_fs19.createReadStream)(path4),
          Metadata: { sha256 },
          // Of an upload in parts, S3 looks at it when the parts are put together.
          ...isNew ? { IfNoneMatch: "*" } : {}
        }
      });
      const abort = () => void upload.abort();
      signal.addEventListener("abort", abort);
      try {
        signal.throwIfAborted();
        await upload.done();
        return true;
      } catch (error) {
        if (isNew && isThere(error)) return false;
        throw advice(error, "PutObject", key);
      } finally {
        signal.removeEventListener("abort", abort);
      }
    }
  };
}
function parseBucketAddress(address) {
  const [, name = "", path4 = ""] = /^s3:\/\/([^/]+)\/*(.*?)\/*$/.exec(address) ?? [];
  return { name, prefix: path4 === "" ? "" : `${path4}/` };
}
function hasOwnEndpoint(environment) {
  return Boolean(environment["AWS_ENDPOINT_URL_S3"] ?? environment["AWS_ENDPOINT_URL"]);
}
function impatient(milliseconds2) {
  return { maxAttempts: 2, requestHandler: { connectionTimeout: milliseconds2, socketTimeout: milliseconds2 } };
}
function objectState(found) {
  return { bytes: found.ContentLength ?? 0, sha256: found.Metadata?.["sha256"] };
}
function isMissing(error) {
  return error instanceof Error && ["NotFound", "NoSuchKey"].includes(error.name);
}
function isThere(error) {
  return error instanceof Error && ["PreconditionFailed", "ConditionalRequestConflict"].includes(error.name);
}
var import_node_fs19, import_node_stream6, import_client_s3, import_lib_storage, PART_BYTES, PARTS_AT_ONCE;
var init_s3 = __esm({
  "src/aws/s3.ts"() {
    "use strict";
    import_node_fs19 = require("node:fs");
    import_node_stream6 = require("node:stream");
    import_client_s3 = __toESM(require_client_s3(), 1);
    import_lib_storage = __toESM(require_lib_storage(), 1);
    init_errors2();
    PART_BYTES = 8 * 1024 * 1024;
    PARTS_AT_ONCE = 4;
  }
});

// src/aws/bucket.ts
var bucket_exports = {};
__export(bucket_exports, {
  openBucket: () => openBucket
});
async function openBucket(address, {
  environment,
  ...options
}) {
  const { createBucket: createBucket2, hasOwnEndpoint: hasOwnEndpoint2 } = await Promise.resolve().then(() => (init_s3(), s3_exports));
  return createBucket2(address, { ...options, isPathStyle: hasOwnEndpoint2(environment) });
}
var init_bucket = __esm({
  "src/aws/bucket.ts"() {
    "use strict";
  }
});

// aws:@aws-sdk/client-lambda
var require_client_lambda = __commonJS({
  "aws:@aws-sdk/client-lambda"(exports2, module2) {
    module2.exports = require("./aws.cjs")["@aws-sdk/client-lambda"];
  }
});

// src/aws/call.ts
function createCaller(wait2, arnOf) {
  const call = async (action, resource, send) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await send();
      } catch (error) {
        if (!isBusy(error) || attempt === BUSY_ATTEMPTS)
          throw adviceFor(error, { action: `lambda:${action}`, resource, ...arnOf && { arn: arnOf(resource) } });
        await wait2(250 * 2 ** attempt);
      }
    }
  };
  return {
    call,
    find: async (action, resource, send) => {
      try {
        return await call(action, resource, send);
      } catch (error) {
        if (isNotFound(error)) return void 0;
        throw error;
      }
    }
  };
}
var BUSY_ATTEMPTS;
var init_call = __esm({
  "src/aws/call.ts"() {
    "use strict";
    init_errors2();
    BUSY_ATTEMPTS = 6;
  }
});

// src/aws/lambda.ts
var lambda_exports = {};
__export(lambda_exports, {
  codeRequest: () => codeRequest,
  createLambdaApi: () => createLambdaApi
});
function createLambdaApi({ version, wait: wait2, signal }) {
  const customUserAgent = [["wsgi-lambda", version]];
  const client = new import_client_lambda.LambdaClient({ customUserAgent });
  const cancellable = { abortSignal: signal };
  const { call, find } = createCaller(wait2);
  return {
    getVersion: async (functionName, qualifier) => {
      const found = await find(
        "GetFunctionConfiguration",
        functionName,
        () => client.send(
          new import_client_lambda.GetFunctionConfigurationCommand({ FunctionName: functionName, Qualifier: qualifier }),
          cancellable
        )
      );
      return found && versionState(found);
    },
    createFunction: async (functionName, configuration, code) => {
      const tags = { "managed-by": "wsgi-lambda" };
      await call(
        "CreateFunction",
        functionName,
        () => client.send(
          new import_client_lambda.CreateFunctionCommand({
            FunctionName: functionName,
            ...request(configuration),
            Architectures: [code.architecture],
            Code: codeRequest(code),
            Tags: tags
          }),
          cancellable
        )
      );
    },
    updateCode: async (functionName, code) => {
      await call(
        "UpdateFunctionCode",
        functionName,
        () => client.send(
          new import_client_lambda.UpdateFunctionCodeCommand({
            FunctionName: functionName,
            ...codeRequest(code),
            Architectures: [code.architecture],
            Publish: false
          }),
          cancellable
        )
      );
    },
    updateConfiguration: async (functionName, configuration) => {
      await call(
        "UpdateFunctionConfiguration",
        functionName,
        () => client.send(
          new import_client_lambda.UpdateFunctionConfigurationCommand({ FunctionName: functionName, ...request(configuration) }),
          cancellable
        )
      );
    },
    publish: async (functionName, codeSha256, description) => {
      const published = await call(
        "PublishVersion",
        functionName,
        () => client.send(
          new import_client_lambda.PublishVersionCommand({ FunctionName: functionName, CodeSha256: codeSha256, Description: description }),
          cancellable
        )
      );
      return published.Version ?? "";
    },
    getAlias: async (functionName, alias) => {
      const found = await find(
        "GetAlias",
        `${functionName}:${alias}`,
        () => client.send(new import_client_lambda.GetAliasCommand({ FunctionName: functionName, Name: alias }), cancellable)
      );
      return found && aliasState(found);
    },
    createAlias: async (functionName, alias, version2, description) => aliasState(
      await call(
        "CreateAlias",
        `${functionName}:${alias}`,
        () => client.send(
          new import_client_lambda.CreateAliasCommand({
            FunctionName: functionName,
            Name: alias,
            FunctionVersion: version2,
            Description: description
          }),
          cancellable
        )
      )
    ),
    updateAlias: async (functionName, alias, version2, description, revisionId) => aliasState(
      await call(
        "UpdateAlias",
        `${functionName}:${alias}`,
        () => client.send(
          new import_client_lambda.UpdateAliasCommand({
            FunctionName: functionName,
            Name: alias,
            FunctionVersion: version2,
            Description: description,
            RevisionId: revisionId
          })
        )
      )
    ),
    getPolicy: async (functionName, alias) => {
      const found = await find(
        "GetPolicy",
        `${functionName}:${alias}`,
        () => client.send(new import_client_lambda.GetPolicyCommand({ FunctionName: functionName, Qualifier: alias }), cancellable)
      );
      return found?.Policy;
    },
    permitUrl: async (functionName, alias, statement) => {
      await call(
        "AddPermission",
        `${functionName}:${alias}`,
        () => client.send(
          new import_client_lambda.AddPermissionCommand({
            FunctionName: functionName,
            Qualifier: alias,
            Principal: "*",
            ...STATEMENTS[statement]
          }),
          cancellable
        )
      );
    },
    invoke: async (functionName, qualifier, payload, timeoutSeconds, clientContext) => {
      const once = new import_client_lambda.LambdaClient({
        customUserAgent,
        maxAttempts: 1,
        requestHandler: { requestTimeout: (timeoutSeconds + 30) * 1e3, throwOnRequestTimeout: true }
      });
      try {
        const answer = await once.send(
          new import_client_lambda.InvokeCommand({
            FunctionName: functionName,
            Qualifier: qualifier,
            Payload: Buffer.from(payload),
            LogType: "Tail",
            ClientContext: clientContext && Buffer.from(JSON.stringify(clientContext)).toString("base64")
          }),
          cancellable
        );
        return {
          payload: answer.Payload?.transformToString() ?? "",
          functionError: answer.FunctionError,
          // Lines of one event, such as those of a traceback, are divided by carriage returns.
          logTail: Buffer.from(answer.LogResult ?? "", "base64").toString().replaceAll(/\r\n?/g, "\n")
        };
      } catch (error) {
        throw adviceFor(error, { action: "lambda:InvokeFunction", resource: `${functionName}:${qualifier}` });
      } finally {
        once.destroy();
      }
    }
  };
}
function codeRequest(code) {
  return "zip" in code ? { ZipFile: code.zip } : { S3Bucket: code.object.bucket, S3Key: code.object.key };
}
function request(configuration) {
  const { runtime, handler, role, memory, timeout, description, environment, layers } = configuration;
  return {
    Runtime: runtime,
    Handler: handler,
    Role: role,
    MemorySize: memory,
    Timeout: timeout,
    Description: description,
    Environment: { Variables: { ...environment } },
    // Whoever sends them needs lambda:GetLayerVersion on each of them.
    ...layers && { Layers: [...layers] }
  };
}
function versionState(found) {
  return {
    arn: found.FunctionArn ?? "",
    version: found.Version ?? "$LATEST",
    codeSha256: found.CodeSha256 ?? "",
    runtime: found.Runtime ?? "",
    handler: found.Handler ?? "",
    role: found.Role ?? "",
    architecture: found.Architectures?.[0] ?? "x86_64",
    memory: found.MemorySize ?? 128,
    timeout: found.Timeout ?? 3,
    description: found.Description ?? "",
    environment: found.Environment?.Variables ?? {},
    layers: (found.Layers ?? []).map(({ Arn = "", CodeSize = 0 }) => ({ arn: Arn, zipBytes: CodeSize })),
    state: found.State ?? "Active",
    stateReason: found.StateReason,
    lastUpdateStatus: found.LastUpdateStatus ?? "Successful",
    lastUpdateReason: found.LastUpdateStatusReason
  };
}
function aliasState(found) {
  return {
    arn: found.AliasArn ?? "",
    version: found.FunctionVersion ?? "",
    description: found.Description ?? "",
    revisionId: found.RevisionId ?? ""
  };
}
var import_client_lambda, STATEMENTS;
var init_lambda = __esm({
  "src/aws/lambda.ts"() {
    "use strict";
    import_client_lambda = __toESM(require_client_lambda(), 1);
    init_call();
    init_errors2();
    STATEMENTS = {
      url: { StatementId: "wsgi-lambda-url", Action: "lambda:InvokeFunctionUrl", FunctionUrlAuthType: "NONE" },
      invoke: { StatementId: "wsgi-lambda-url-invoke", Action: "lambda:InvokeFunction", InvokedViaFunctionUrl: true }
    };
  }
});

// src/aws/function-url.ts
var function_url_exports = {};
__export(function_url_exports, {
  createFunctionUrlApi: () => createFunctionUrlApi
});
function createFunctionUrlApi({ version, wait: wait2, signal }) {
  const client = new import_client_lambda2.LambdaClient({ customUserAgent: [["wsgi-lambda", version]] });
  const cancellable = { abortSignal: signal };
  const { call, find } = createCaller(wait2);
  return {
    get: async (functionName, alias) => {
      const command = new import_client_lambda2.GetFunctionUrlConfigCommand({ FunctionName: functionName, Qualifier: alias });
      const found = await find(
        "GetFunctionUrlConfig",
        `${functionName}:${alias}`,
        () => client.send(command, cancellable)
      );
      return found && functionUrl(found);
    },
    create: async (functionName, alias, { authType, invokeMode }) => {
      const command = new import_client_lambda2.CreateFunctionUrlConfigCommand({
        FunctionName: functionName,
        Qualifier: alias,
        AuthType: authType,
        InvokeMode: invokeMode
      });
      return functionUrl(
        await call("CreateFunctionUrlConfig", `${functionName}:${alias}`, () => client.send(command, cancellable))
      );
    },
    update: async (functionName, alias, { authType, invokeMode }) => {
      const command = new import_client_lambda2.UpdateFunctionUrlConfigCommand({
        FunctionName: functionName,
        Qualifier: alias,
        AuthType: authType,
        InvokeMode: invokeMode
      });
      return functionUrl(await call("UpdateFunctionUrlConfig", `${functionName}:${alias}`, () => client.send(command)));
    }
  };
}
function functionUrl(found) {
  return {
    address: found.FunctionUrl ?? "",
    authType: found.AuthType === "AWS_IAM" ? "AWS_IAM" : "NONE",
    // The default need not be in an answer.
    invokeMode: found.InvokeMode === "RESPONSE_STREAM" ? "RESPONSE_STREAM" : "BUFFERED"
  };
}
var import_client_lambda2;
var init_function_url = __esm({
  "src/aws/function-url.ts"() {
    "use strict";
    import_client_lambda2 = __toESM(require_client_lambda(), 1);
    init_call();
  }
});

// src/aws/layers.ts
var layers_exports = {};
__export(layers_exports, {
  createLayerApi: () => createLayerApi
});
function createLayerApi({ version, wait: wait2, signal }) {
  const client = new import_client_lambda3.LambdaClient({ customUserAgent: [["wsgi-lambda", version]] });
  const cancellable = { abortSignal: signal };
  const { call, find } = createCaller(wait2, (layer) => `arn:aws:lambda:*:*:layer:${layer}*`);
  return {
    find: async ({ name, codeSha256, runtime }, architecture) => {
      const listed = await find(
        "ListLayerVersions",
        name,
        () => client.send(
          new import_client_lambda3.ListLayerVersionsCommand({
            LayerName: name,
            MaxItems: VERSIONS,
            CompatibleRuntime: runtime,
            CompatibleArchitecture: architecture
          }),
          cancellable
        )
      );
      const named = listed?.LayerVersions?.find(({ Description }) => Description === descriptionOf(codeSha256));
      if (named?.Version === void 0) return void 0;
      const { Version: number2 } = named;
      const found = await find(
        "GetLayerVersion",
        name,
        () => client.send(new import_client_lambda3.GetLayerVersionCommand({ LayerName: name, VersionNumber: number2 }), cancellable)
      );
      return found?.Content?.CodeSha256 === codeSha256 ? found.LayerVersionArn : void 0;
    },
    publish: async ({ name, codeSha256, runtime }, code) => {
      const published = await call(
        "PublishLayerVersion",
        name,
        () => client.send(
          new import_client_lambda3.PublishLayerVersionCommand({
            LayerName: name,
            Description: descriptionOf(codeSha256),
            Content: codeRequest(code),
            CompatibleRuntimes: [runtime],
            CompatibleArchitectures: [code.architecture]
          }),
          cancellable
        )
      );
      return published.LayerVersionArn ?? "";
    }
  };
}
function descriptionOf(codeSha256) {
  return `wsgi-lambda: ${codeSha256}`;
}
var import_client_lambda3, VERSIONS;
var init_layers = __esm({
  "src/aws/layers.ts"() {
    "use strict";
    import_client_lambda3 = __toESM(require_client_lambda(), 1);
    init_call();
    init_lambda();
    VERSIONS = 50;
  }
});

// src/artifact/given.ts
async function readArtifact(given) {
  const path4 = (0, import_node_path49.resolve)(given);
  const found = await (0, import_promises52.stat)(path4).catch(() => void 0);
  if (!found?.isFile()) {
    throw new UserError(
      {
        title: `The artifact ${given} ${found ? "is not a file" : "does not exist"}`,
        hint: "Make it with: wsgi-lambda build --output FILE"
      },
      { exitCode: 2 }
    );
  }
  try {
    var _stack = [];
    try {
      const zip = __using(_stack, await openZip(path4), true);
      const configuration = zip.entries.find((entry) => entry.path === CONFIGURATION);
      if (!configuration) throw new BadZip(`it has no ${CONFIGURATION}`);
      const target = readTarget((await zip.content(configuration)).toString());
      const digest = await sha256Of(path4);
      const packages = await packagesOf2(zip);
      return {
        artifact: {
          path: path4,
          sha256: digest.toString("hex"),
          codeSha256: digest.toString("base64"),
          zipBytes: found.size,
          unzippedBytes: zip.entries.reduce((sum3, { unzippedBytes }) => sum3 + unzippedBytes, 0),
          entries: zip.entries.length
        },
        packages,
        made: 0,
        ...target
      };
    } catch (_) {
      var _error = _, _hasError = true;
    } finally {
      var _promise = __callDispose(_stack, _error, _hasError);
      _promise && await _promise;
    }
  } catch (error) {
    if (!(error instanceof BadZip)) throw error;
    throw new UserError(
      {
        title: `${given} is not an artifact that wsgi-lambda built`,
        detail: `As a zip of ours, ${error.message}.`,
        hint: "Make it anew with: wsgi-lambda build --output FILE"
      },
      { exitCode: 2, cause: error }
    );
  }
}
function readTarget(configuration) {
  const target = object({
    runtime: picklist(RUNTIME_NAMES),
    architecture: picklist(ARCHITECTURES),
    streaming: optional(boolean(), false)
  });
  const read = safeParse(pipe(string(), parseJson(), target), configuration);
  if (!read.success) throw new BadZip(`its ${CONFIGURATION} does not name a runtime and an architecture`);
  return read.output;
}
async function packagesOf2(zip) {
  const { entries } = zip;
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  const text3 = async (path4) => {
    const entry = byPath.get(path4);
    return entry ? (await zip.content(entry)).toString() : "";
  };
  const folders = entries.flatMap(
    ({ path: path4 }) => /^[^/]+\.dist-info\/METADATA$/.test(path4) ? [import_node_path49.posix.dirname(path4)] : []
  );
  return await Promise.all(
    folders.map(async (folder) => {
      const { name, version } = distributionOf(await text3(`${folder}/METADATA`), "");
      const owned = new Set(recordRows(await text3(`${folder}/RECORD`)).map(({ path: path4 }) => path4));
      const files = entries.filter(({ path: path4 }) => owned.has(path4) || owned.has(sourceOf(path4)));
      const sum3 = (key) => files.reduce((total, entry) => total + entry[key], 0);
      return { name, version, zipBytes: sum3("zippedBytes"), unzippedBytes: sum3("unzippedBytes") };
    })
  );
}
var import_promises52, import_node_path49;
var init_given = __esm({
  "src/artifact/given.ts"() {
    "use strict";
    import_promises52 = require("node:fs/promises");
    import_node_path49 = require("node:path");
    init_dist2();
    init_errors();
    init_runtimes();
    init_target();
    init_hash();
    init_metadata();
    init_read_zip();
    init_runtime();
  }
});

// src/release/plan.ts
function planRelease(current, desired) {
  const configuration = withAddress(desired.configuration, current.url?.address);
  const needsAddress2 = usesAddress(desired.configuration) && current.url === void 0;
  const isServedVersionRight = current.served !== void 0 && !needsAddress2 && matches2(current.served, configuration, desired);
  const servesIt = isServedVersionRight && !isPending(current);
  const wayIn = wayInSteps(current, desired);
  const mode = modeSteps(current, desired);
  if (servesIt && wayIn.before.length === 0 && wayIn.last.length === 0 && mode.length === 0) return [];
  return [
    // Where the alias is on the right version, the mode is wrong for it already.
    ...isServedVersionRight ? mode : [],
    ...isServedVersionRight ? [] : changeSteps(current.latest, configuration, desired),
    // Where the address is written, it is that version which counts; an earlier one only makes the alias possible.
    ...isServedVersionRight || needsAddress2 && current.alias !== void 0 ? [] : [step("publish")],
    ...wayIn.before,
    ...needsAddress2 ? [step("fill-url")] : [],
    ...runSteps2("before-traffic", desired.beforeTraffic),
    ...desired.smoke ? [{ kind: "smoke", path: desired.smoke.path }] : [],
    ...isServedVersionRight ? [] : mode,
    ...servesIt ? [] : [step("move-alias")],
    ...wayIn.last,
    ...runSteps2("after-traffic", desired.afterTraffic),
    ...desired.afterTraffic.length > 0 && !servesIt ? [step("finish")] : []
  ];
}
function step(kind) {
  return { kind };
}
function runSteps2(phase, commands) {
  return commands.map((command) => ({ kind: "run", phase, command }));
}
function changeSteps(latest, configuration, desired) {
  const upload = desired.upload === void 0 ? [] : [{ kind: "upload", address: desired.upload }];
  const layer = layerSteps(desired);
  if (latest === void 0) return [...layer, ...upload, step("create-function")];
  const changes = differences(latest, configuration);
  const hasFailed = latest.lastUpdateStatus === "Failed" || latest.state === "Failed";
  if (hasFailed && changes.length === 0) changes.push("the same again, since the last update failed");
  return [
    ...layer,
    ...hasCode(latest, desired.codeSha256, desired.architecture) && !hasFailed ? [] : [...upload, step("update-code")],
    ...changes.length === 0 ? [] : [{ kind: "update-configuration", changes }]
  ];
}
function layerSteps({ layer }) {
  return layer === void 0 || layer.arn !== void 0 ? [] : [{ kind: "publish-layer", name: layer.name }];
}
function wayInSteps({ alias, url, policy }, { access, invokeMode = "BUFFERED" }) {
  if (access === "none") return { before: [], last: [] };
  const authType = access === "public" ? "NONE" : "AWS_IAM";
  const before = [
    ...alias === void 0 ? [step("create-alias")] : [],
    ...url === void 0 ? [{ kind: "create-url", invokeMode }] : []
  ];
  const opened = url !== void 0 && url.authType !== authType ? [step("update-url")] : [];
  const missing2 = access === "public" ? missingStatements(policy) : [];
  return access === "iam" ? { before: [...before, ...opened], last: [] } : { before, last: [...opened, ...missing2.map((statement) => ({ kind: "permit-url", statement }))] };
}
function modeSteps({ url }, { invokeMode }) {
  const isRight = url === void 0 || invokeMode === void 0 || url.invokeMode === invokeMode;
  return isRight ? [] : [{ kind: "change-mode", invokeMode }];
}
function missingStatements(policy) {
  const everyone = statementsOf(policy).filter(isForEveryone);
  return [
    ...everyone.some(speaksOf(CALL_URL)) ? [] : ["url"],
    ...everyone.some(speaksOf("lambda:InvokeFunction")) ? [] : ["invoke"]
  ];
}
function isRestricted(policy) {
  const callers = statementsOf(policy).filter(speaksOf(CALL_URL));
  return callers.length > 0 && !callers.some(isForEveryone);
}
function statementsOf(policy) {
  const { Statement: statements = [] } = policy === void 0 ? {} : JSON.parse(policy);
  return statements;
}
function speaksOf(action) {
  return ({ Action }) => [Action].flat().includes(action);
}
function isForEveryone({ Effect, Principal, Condition }) {
  return Effect === "Allow" && /^"\*"$|^\{"AWS":"\*"\}$/.test(JSON.stringify(Principal)) && isMetByEveryone(Condition);
}
function isMetByEveryone(condition = {}) {
  const met = {
    "lambda:FunctionUrlAuthType": "NONE",
    "lambda:InvokedViaFunctionUrl": "true"
  };
  return Object.values(condition).flatMap((keys) => Object.entries(keys)).every(([key, value]) => met[key] === String(value));
}
function isPending({ alias }) {
  return alias?.description === NOT_RELEASED || alias?.description === UNFINISHED;
}
function matches2(version, configuration, { codeSha256, architecture }) {
  return hasCode(version, codeSha256, architecture) && differences(version, configuration).length === 0;
}
function hasCode(version, codeSha256, architecture) {
  return version.codeSha256 === codeSha256 && version.architecture === architecture;
}
function differences(version, configuration) {
  const plain = ["runtime", "handler", "role", "memory", "timeout", "description"].filter((name) => name !== "description" || version.version === "$LATEST").filter((name) => version[name] !== configuration[name]);
  const names = /* @__PURE__ */ new Set([...Object.keys(version.environment), ...Object.keys(configuration.environment)]);
  const variables = [...names].filter((name) => version.environment[name] !== configuration.environment[name]);
  const layers = configuration.layers ?? version.layers.map(({ arn }) => arn);
  const areLayersSame = layers.join() === version.layers.map(({ arn }) => arn).join();
  return [...plain, ...areLayersSame ? [] : ["layers"], ...variables.toSorted().map((name) => `environment ${name}`)];
}
function usesAddress({ environment }) {
  return needsAddress(environment);
}
function withAddress(configuration, address) {
  return { ...configuration, environment: fillAddress(configuration.environment, address) };
}
function withLayer(configuration, arn) {
  const { layers } = configuration;
  if (layers === void 0 || arn === void 0) return configuration;
  return { ...configuration, layers: layers.map((layer) => layer === OWN_LAYER ? arn : layer) };
}
function describeStep(step2, { functionName, alias, access }) {
  switch (step2.kind) {
    case "upload":
      return `upload the code to ${step2.address}`;
    case "publish-layer":
      return `publish a version of the layer ${step2.name}, which has the dependencies`;
    case "create-function":
      return `create the function ${functionName}`;
    case "update-code":
      return "update the code";
    case "update-configuration":
      return `update the configuration: ${step2.changes.join(", ")}`;
    case "publish":
      return "publish a version and wait until it is active";
    case "create-alias":
      return `create the alias ${alias}, which nobody is permitted to call yet`;
    case "create-url":
      return `create the Function URL (${[access, ...step2.invokeMode === "BUFFERED" ? [] : [step2.invokeMode]].join(", ")})`;
    case "update-url":
      return `change the Function URL to ${access}`;
    case "change-mode":
      return `change the invoke mode of the Function URL to ${step2.invokeMode}`;
    case "fill-url":
      return "write the address of the Function URL into the environment and publish again";
    case "run":
      return `run ${step2.phase === "before-traffic" ? "before" : "after"} traffic moves: ${step2.command}`;
    case "smoke":
      return `request ${step2.path} from the new version`;
    case "move-alias":
      return `move the alias ${alias} to the new version`;
    case "finish":
      return "mark the release as finished";
    case "permit-url":
      return `permit everyone to ${step2.statement === "url" ? "call the Function URL" : "invoke the function through it"}`;
  }
}
var OWN_LAYER, NOT_RELEASED, UNFINISHED, RELEASED, CALL_URL;
var init_plan = __esm({
  "src/release/plan.ts"() {
    "use strict";
    init_address();
    OWN_LAYER = "{{layer}}";
    NOT_RELEASED = "wsgi-lambda: not released yet";
    UNFINISHED = "wsgi-lambda: commands after traffic are still to run";
    RELEASED = "wsgi-lambda";
    CALL_URL = "lambda:InvokeFunctionUrl";
  }
});

// src/release/smoke.ts
async function smoke({ path: path4, host }, { functionName, version, timeoutSeconds }, { lambda, report }) {
  const event = JSON.stringify(httpEvent(path4, host));
  const invocation = await lambda.invoke(functionName, version, event, timeoutSeconds, OWN_CLIENT);
  const { statusCode, body } = readAnswer2(invocation.payload);
  if (invocation.functionError !== void 0 || statusCode === void 0) {
    const { title, detail, hint } = invocationFailure(invocation);
    throw new UserError({ title: `The new version does not answer GET ${path4}: ${title}`, detail, hint });
  }
  if (statusCode >= 500) {
    throw new UserError({
      title: `The new version answers GET ${path4} with ${statusCode}`,
      detail: [excerpt(body), invocation.logTail.trimEnd()].filter(Boolean).join("\n"),
      hint: "Mend the application; or, if this is what it should answer, choose another smoke-path."
    });
  }
  report.info(`GET ${path4} on version ${version} → ${statusCode}`);
  if (statusCode === 400) {
    report.notice({
      title: `GET ${path4} was answered with 400 Bad Request`,
      detail: `The request had the Host ${host}.`,
      hint: "Django answers so for a host that is not in ALLOWED_HOSTS: add it there, or set smoke-host to one that is."
    });
  }
  return statusCode;
}
function httpEvent(path4, host) {
  const [, rawPath = "/", rawQueryString = ""] = /^([^?]*)\??([^]*)$/.exec(path4) ?? [];
  const http = { method: "GET", path: rawPath, protocol: "HTTP/1.1", sourceIp: "127.0.0.1", userAgent: "wsgi-lambda" };
  const headers2 = {
    host,
    accept: "*/*",
    "user-agent": "wsgi-lambda",
    "x-forwarded-proto": "https",
    "x-forwarded-port": "443",
    "x-forwarded-for": "127.0.0.1"
  };
  const requestContext = {
    apiId: "smoke",
    domainName: host,
    http,
    requestId: "smoke",
    routeKey: "$default",
    stage: "$default",
    timeEpoch: 0
  };
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath,
    rawQueryString,
    headers: headers2,
    requestContext: { ...requestContext, domainPrefix: "smoke" },
    isBase64Encoded: false
  };
}
function readAnswer2(payload) {
  try {
    const { statusCode, body, isBase64Encoded } = JSON.parse(payload);
    return { statusCode, body: isBase64Encoded === true ? Buffer.from(body ?? "", "base64").toString() : body ?? "" };
  } catch {
    return { statusCode: void 0, body: payload };
  }
}
function excerpt(text3) {
  return text3.length > 2e3 ? `${text3.slice(0, 2e3)}…` : text3;
}
var init_smoke = __esm({
  "src/release/smoke.ts"() {
    "use strict";
    init_errors();
    init_command();
    init_protocol();
  }
});

// src/release/wait.ts
async function waitUntilIdle(functionName, waiting) {
  return await waitFor(
    functionName,
    void 0,
    "the update",
    waiting,
    ({ state, lastUpdateStatus }) => lastUpdateStatus !== "InProgress" && state !== "Pending"
  );
}
async function waitUntilUpdated(functionName, waiting) {
  const updated = await waitUntilIdle(functionName, waiting);
  const { state, stateReason, lastUpdateStatus, lastUpdateReason } = updated;
  if (lastUpdateStatus === "Failed") throw failed2("The function could not be updated", lastUpdateReason);
  if (state === "Failed") throw failed2("The function could not be made ready", stateReason);
  return updated;
}
async function waitUntilActive(functionName, version, waiting) {
  return await waitFor(functionName, version, `version ${version}`, waiting, ({ state, stateReason }) => {
    if (state === "Failed") throw failed2(`Version ${version} could not be made ready`, stateReason);
    return state === "Active" || state === "Inactive";
  });
}
async function waitFor(functionName, qualifier, what, { lambda, report, wait: wait2, clock }, isDone) {
  const started = clock();
  for (let pause = 200; ; pause = Math.min(pause * 1.5, 5e3)) {
    const state = await lambda.getVersion(functionName, qualifier);
    if (state && isDone(state)) return state;
    const seconds = (clock() - started) / 1e3;
    if (seconds > MOST_SECONDS) {
      throw new UserError({
        title: `Waited ${MOST_SECONDS} seconds for ${what} of ${functionName}`,
        detail: state?.stateReason ?? state?.lastUpdateReason,
        hint: "Look at the function in the AWS console; then run this again, it goes on from there."
      });
    }
    report.progress(`waiting for ${what} (${seconds.toFixed(0)} s)`);
    await wait2(pause);
  }
}
function failed2(title, reason) {
  return new UserError({ title, detail: reason });
}
var MOST_SECONDS;
var init_wait = __esm({
  "src/release/wait.ts"() {
    "use strict";
    init_errors();
    MOST_SECONDS = 600;
  }
});

// src/release/apply.ts
async function applyRelease(steps, options, waiting) {
  const { current, desired } = options;
  const progress = {
    version: current.served?.version ?? "",
    layer: void 0,
    alias: current.alias,
    url: current.url,
    hasMoved: false,
    mayHaveChangedMode: false,
    commands: []
  };
  try {
    for (const step2 of steps) {
      waiting.signal.throwIfAborted();
      waiting.report.info(describeStep(step2, desired));
      await applyStep(step2, progress, options, waiting);
    }
  } catch (error) {
    throw await undo(error, progress, options, waiting);
  }
  return released(steps, progress, options);
}
function released(steps, { version, alias, url, commands }, { current, desired }) {
  const aliasArn = alias?.arn ?? "";
  return {
    function: {
      name: desired.functionName,
      arn: current.latest?.arn ?? aliasArn.replace(/:[^:]+$/, ""),
      version,
      alias: desired.alias,
      aliasArn,
      url: url?.address
    },
    changed: steps.length > 0,
    steps,
    commands
  };
}
async function applyStep(step2, progress, options, waiting) {
  const { current, desired, code } = options;
  const { lambda, urls, report } = waiting;
  const { functionName, alias, access } = desired;
  const configuration = withLayer(withAddress(desired.configuration, progress.url?.address), progress.layer);
  const authType = access === "iam" ? "AWS_IAM" : "NONE";
  switch (step2.kind) {
    case "upload":
      await options.upload();
      return;
    case "publish-layer":
      progress.layer = await options.publishLayer();
      return;
    case "create-function":
      await lambda.createFunction(functionName, configuration, code);
      await waitUntilUpdated(functionName, waiting);
      return;
    case "update-code":
      await waitUntilIdle(functionName, waiting);
      await lambda.updateCode(functionName, code);
      await waitUntilUpdated(functionName, waiting);
      return;
    case "update-configuration":
      await waitUntilIdle(functionName, waiting);
      await lambda.updateConfiguration(functionName, configuration);
      await waitUntilUpdated(functionName, waiting);
      return;
    case "publish":
      progress.version = await publish(options, waiting);
      return;
    case "create-alias":
      progress.alias = await lambda.createAlias(functionName, alias, progress.version, NOT_RELEASED);
      return;
    case "create-url":
      progress.url = await urls.create(functionName, alias, { authType, invokeMode: step2.invokeMode });
      report.info(progress.url.address);
      return;
    case "update-url":
      progress.url = await urls.update(functionName, alias, { authType });
      return;
    case "change-mode":
      progress.mayHaveChangedMode = true;
      progress.url = await urls.update(functionName, alias, { invokeMode: step2.invokeMode });
      return;
    case "fill-url":
      await waitUntilIdle(functionName, waiting);
      await lambda.updateConfiguration(functionName, configuration);
      progress.version = await publish(options, waiting);
      return;
    case "run":
      progress.commands.push(await run(step2, progress.version, options, waiting));
      return;
    case "smoke":
      await smoke(
        { path: step2.path, host: desired.smoke?.host ?? hostOf(progress.url) },
        { functionName, version: progress.version, timeoutSeconds: configuration.timeout },
        { lambda, report }
      );
      return;
    case "move-alias":
      progress.alias = await moveAlias(
        progress,
        desired.afterTraffic.length > 0 ? UNFINISHED : RELEASED,
        desired,
        lambda
      );
      progress.hasMoved = true;
      report.info(
        current.served && current.served.version !== progress.version ? `${alias}: version ${current.served.version} → ${progress.version}` : `${alias}: version ${progress.version}`
      );
      return;
    case "finish":
      progress.alias = await moveAlias(progress, RELEASED, desired, lambda);
      return;
    case "permit-url":
      await lambda.permitUrl(functionName, alias, step2.statement);
      return;
  }
}
async function moveAlias({ alias, version }, description, { functionName, alias: name }, lambda) {
  try {
    return alias ? await lambda.updateAlias(functionName, name, version, description, alias.revisionId) : await lambda.createAlias(functionName, name, version, description);
  } catch (error) {
    const now = await lambda.getAlias(functionName, name).catch(() => void 0);
    if (now?.version === version && now.description === description) return now;
    const isWhereItWas = now?.version === alias?.version && now?.description === alias?.description;
    if (now === void 0 || !isWhereItWas || now.revisionId === alias?.revisionId) throw error;
    return await lambda.updateAlias(functionName, name, version, description, now.revisionId);
  }
}
async function publish({ desired, versionDescription }, waiting) {
  await waitUntilUpdated(desired.functionName, waiting);
  const version = await waiting.lambda.publish(desired.functionName, desired.codeSha256, versionDescription);
  await waitUntilActive(desired.functionName, version, waiting);
  waiting.report.info(`version ${version}`);
  return version;
}
async function run({ command, phase }, version, { desired }, { lambda, report, clock }) {
  const started = clock();
  const { functionName, configuration } = desired;
  const where = { functionName, qualifier: version, timeoutSeconds: configuration.timeout };
  const parsed = parseCommandLine(command);
  const outcome = await runRemoteCommand(parsed, where, lambda);
  const { exitCode } = outcome;
  const output = outcome.output.toString();
  for (const line of linesOf2(output)) report.output(line);
  for (const remark of remarksOn(parsed, outcome)) report.notice(remark);
  if (exitCode !== 0) {
    throw new UserError({
      title: `${command} failed on version ${version} with exit code ${exitCode}`,
      detail: lastLines2(output),
      output
    });
  }
  return { command, phase, exitCode, seconds: Math.round(clock() - started) / 1e3, output };
}
function lastLines2(output) {
  return linesOf2(output.trimEnd()).slice(-5).join("\n");
}
async function undo(error, progress, options, waiting) {
  const { current, desired } = options;
  const { lambda, report } = waiting;
  const previous = current.alias && current.alias.description !== NOT_RELEASED ? current.alias : void 0;
  let stuck;
  let served = progress.hasMoved ? progress.version : void 0;
  if (progress.hasMoved) {
    report.progress("moving the alias back");
    const { version, description } = previous ?? { version: progress.version, description: NOT_RELEASED };
    try {
      served = (await lambda.updateAlias(desired.functionName, desired.alias, version, description)).version;
    } catch (failure) {
      stuck = failure;
    }
  }
  const mode = await undoMode(served, progress, options, waiting);
  const outcome = [consequence(progress, previous, desired, stuck), mode.consequence, irreversible(progress)].filter(Boolean).join(" ");
  if (!(error instanceof UserError)) {
    if (stuck !== void 0 || mode.isStuck)
      report.warning({ title: "The release was left half done", detail: outcome });
    return error;
  }
  const { title, detail, hint, output } = error;
  return new UserError(
    { title, detail, hint: [hint, outcome].filter(Boolean).join(" "), output },
    { exitCode: error.exitCode === 2 ? 2 : 1, cause: error }
  );
}
async function undoMode(served, { mayHaveChangedMode, version }, { current, desired: { functionName, alias } }, { lambda, urls }) {
  const before = current.url?.invokeMode;
  if (!mayHaveChangedMode || before === void 0) return { consequence: "", isStuck: false };
  const now = served ?? (await lambda.getAlias(functionName, alias).catch(() => current.alias))?.version;
  if (now === version) return { consequence: "", isStuck: false };
  try {
    await urls.update(functionName, alias, { invokeMode: before });
    return { consequence: `The invoke mode of the Function URL is ${before} again.`, isStuck: false };
  } catch (failure) {
    const consequence2 = `The invoke mode of the Function URL could not be changed back to ${before} (${reasonOf(failure)}): until it is, visitors get answers in a shape that is meant for Lambda.`;
    return { consequence: consequence2, isStuck: true };
  }
}
function reasonOf(failure) {
  return failure instanceof Error ? failure.message : JSON.stringify(failure);
}
function consequence({ hasMoved, version }, previous, { alias }, stuck) {
  if (stuck !== void 0) {
    const reason = reasonOf(stuck);
    return previous ? `The alias ${alias} could not be moved back to version ${previous.version} (${reason}): it serves version ${version}.` : `The alias ${alias} could not be marked as not released (${reason}): it serves version ${version}.`;
  }
  if (previous) {
    return `The alias ${alias} ${hasMoved ? "is back on" : "has not moved: it serves"} version ${previous.version}.`;
  }
  return hasMoved ? `There is no earlier version to go back to: the alias ${alias} stays on version ${version}.` : "Nothing serves traffic yet.";
}
function irreversible({ commands }) {
  if (commands.length === 0) return "";
  return `These commands have run and are not reversed: ${commands.map(({ command }) => command).join("; ")}.`;
}
function hostOf(url) {
  return url ? new URL(url.address).host : "localhost";
}
var init_apply = __esm({
  "src/release/apply.ts"() {
    "use strict";
    init_errors();
    init_command();
    init_inert();
    init_plan();
    init_smoke();
    init_wait();
  }
});

// src/release/current.ts
async function readCurrentRelease(functionName, aliasName, { lambda, urls }) {
  const [latest, alias, served, url, policy] = await Promise.all([
    lambda.getVersion(functionName),
    lambda.getAlias(functionName, aliasName),
    lambda.getVersion(functionName, aliasName),
    urls.get(functionName, aliasName),
    lambda.getPolicy(functionName, aliasName)
  ]);
  return { latest, alias, served, url, policy };
}
var init_current = __esm({
  "src/release/current.ts"() {
    "use strict";
  }
});

// src/release/desired.ts
function desiredRelease(settings, code, current) {
  return {
    functionName: settings.functionName,
    alias: settings.alias,
    codeSha256: code.codeSha256,
    architecture: code.architecture,
    configuration: {
      ...desiredConfiguration(settings, current),
      runtime: code.runtime,
      layers: desiredLayers(settings.functionName, code.layer, current)
    },
    access: settings.functionUrl ?? ownAccess(current),
    invokeMode: desiredInvokeMode(settings, code.streaming, current),
    beforeTraffic: [...settings.migrate ? [MIGRATE] : [], ...settings.beforeTraffic],
    afterTraffic: settings.afterTraffic,
    layer: code.layer,
    upload: code.upload,
    smoke: settings.smoke ? { path: settings.smokePath, host: settings.smokeHost } : void 0
  };
}
function desiredInvokeMode({ functionName, functionUrl: functionUrl2 }, streaming, current) {
  const { url } = current;
  const invokeMode = streaming ? "RESPONSE_STREAM" : "BUFFERED";
  if (url === void 0 && streaming && (functionUrl2 ?? ownAccess(current)) === "none") {
    throw new UserError(
      {
        title: `streaming is on, but ${functionName} has no Function URL: nothing would be streamed`,
        hint: "Set function-url to public or iam, or remove streaming."
      },
      { exitCode: 2 }
    );
  }
  if (functionUrl2 !== "none") return invokeMode;
  if (url !== void 0 && url.invokeMode !== invokeMode) {
    throw new UserError(
      {
        title: `streaming is ${streaming ? "on" : "off"}, and function-url: none leaves the Function URL in the mode ${url.invokeMode}`,
        detail: "Visitors would get answers in a shape that is meant for Lambda.",
        hint: `Set function-url to public or iam, turn streaming ${streaming ? "off" : "on"}, or change the mode of the URL to ${invokeMode} together with the code.`
      },
      { exitCode: 2 }
    );
  }
  return void 0;
}
function desiredConfiguration(settings, current) {
  const own = current.latest;
  const role = settings.role ?? own?.role;
  if (role === void 0) {
    throw new UserError(
      {
        title: `The function ${settings.functionName} does not exist, and role is missing`,
        hint: "To create it, set role to the ARN of an execution role, as in arn:aws:iam::123456789012:role/shop. If it should exist, check function-name and the region."
      },
      { exitCode: 2 }
    );
  }
  const environment = desiredEnvironment(settings, own?.environment ?? {});
  const access = settings.functionUrl ?? ownAccess(current);
  if (access === "none" && current.url === void 0 && needsAddress(environment)) {
    throw new UserError(
      {
        title: "The environment uses {{url}}, but there is no Function URL",
        hint: "Set function-url to public or iam, or write the address out."
      },
      { exitCode: 2 }
    );
  }
  const environmentBytes = Buffer.byteLength(JSON.stringify(environment));
  if (environmentBytes > LIMITS.environmentBytes) {
    throw new UserError(
      {
        title: `The environment is too large: ${environmentBytes} bytes, and Lambda takes ${LIMITS.environmentBytes}`,
        detail: `Variables: ${Object.keys(environment).join(", ")}`,
        hint: "Keep long values in Secrets Manager or Parameter Store; environment-strategy: replace drops variables that only the function has."
      },
      { exitCode: 2 }
    );
  }
  return {
    handler: HANDLER,
    role,
    memory: settings.memory ?? own?.memory ?? NEW_FUNCTION.memory,
    timeout: settings.timeout ?? own?.timeout ?? NEW_FUNCTION.timeout,
    description: settings.description ?? own?.description ?? NEW_FUNCTION.description,
    environment
  };
}
function layerNameOf(functionName) {
  return `${functionName}-dependencies`;
}
function desiredLayers(functionName, layer, { latest }) {
  const before = (latest?.layers ?? []).map(({ arn }) => arn);
  const others = before.filter((arn) => !arn.includes(`:layer:${layerNameOf(functionName)}:`));
  if (layer === void 0) return others.length === before.length ? void 0 : others;
  const layers = [...others, layer.arn ?? OWN_LAYER];
  if (layers.length <= LIMITS.layers) return layers;
  throw new UserError(
    {
      title: `${functionName} has ${others.length} layers, and Lambda takes ${LIMITS.layers} with the one of the dependencies`,
      hint: "Remove one of them, or dependencies-layer."
    },
    { exitCode: 2 }
  );
}
function desiredEnvironment({ environmentStrategy, environment, secrets }, own) {
  const names = Object.keys(secrets).toSorted();
  const kept = Object.entries(own).filter(
    ([name]) => environmentStrategy === "merge" && name !== SECRETS_VARIABLE && !names.includes(name)
  );
  const references = Object.fromEntries(names.map((name) => [name, secrets[name]]));
  return {
    ...Object.fromEntries(kept),
    ...environment,
    ...names.length === 0 ? {} : { [SECRETS_VARIABLE]: JSON.stringify(references) }
  };
}
function ownAccess({ latest, alias, url, policy }) {
  if (url?.authType === "AWS_IAM") return "iam";
  if (url) return isRestricted(policy) ? "none" : "public";
  return latest === void 0 || alias?.description === NOT_RELEASED ? "public" : "none";
}
var HANDLER, NEW_FUNCTION, MIGRATE;
var init_desired = __esm({
  "src/release/desired.ts"() {
    "use strict";
    init_errors();
    init_limits();
    init_address();
    init_secrets();
    init_plan();
    HANDLER = "wsgi_handler.handler";
    NEW_FUNCTION = { memory: 512, timeout: 30, description: "" };
    MIGRATE = "manage migrate --noinput";
  }
});

// src/release/layer.ts
async function readLayer(zip, layers) {
  if (zip === void 0) return { desired: void 0, publish: () => Promise.reject(new Error("no layer was planned")) };
  const { functionName, codeSha256, runtime, architecture, transport } = zip;
  const content = { name: layerNameOf(functionName), codeSha256, runtime };
  const arn = await layers.find(content, architecture);
  return {
    desired: { name: content.name, codeSha256, arn, upload: transport.address },
    publish: async () => {
      await transport.upload();
      return await layers.publish(content, await transport.readCode(architecture));
    }
  };
}
var init_layer = __esm({
  "src/release/layer.ts"() {
    "use strict";
    init_desired();
  }
});

// src/release/public-url.ts
async function requestPublicUrl(address, { access, settings }, { report, clock }) {
  if (address === void 0 || access !== "public" || !settings.smoke) return;
  const url = publicAddress(address, settings.urlOrigin) + settings.smokePath;
  const started = clock();
  try {
    const answer = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(3e4) });
    let body = "";
    if (answer.status === 403) body = await answer.text();
    else await answer.body?.cancel();
    report.info(`GET ${url} → ${answer.status} (${((clock() - started) / 1e3).toFixed(2)} s)`);
    if (answer.status === 403 && REFUSED_BY_AWS.test(body)) {
      report.warning({
        title: "The Function URL answers 403: AWS refuses the caller",
        hint: "A public URL needs both statements, lambda:InvokeFunctionUrl and lambda:InvokeFunction, in the policy of the alias. They may take some seconds to hold, and an organisation may forbid public URLs."
      });
    } else if (answer.status >= 500) {
      report.warning({ title: `GET ${url} answers ${answer.status}`, hint: "Look at the function's log." });
    }
  } catch (error) {
    const { message, cause } = error;
    report.warning({
      title: `${url} could not be requested from here`,
      // Of fetch, only the cause tells something; where several addresses were tried, only its code.
      detail: cause?.message || cause?.code || message,
      hint: "The release is done; this request only reports."
    });
  }
}
function publicAddress(address, origin) {
  const id = new URL(address).hostname.split(".")[0] ?? "";
  return (origin === void 0 ? address : origin.replaceAll("{id}", id)).replace(/\/$/, "");
}
var REFUSED_BY_AWS;
var init_public_url = __esm({
  "src/release/public-url.ts"() {
    "use strict";
    REFUSED_BY_AWS = /^\{[^]*"message":\s*"Forbidden/i;
  }
});

// src/release/size.ts
function sizeProblem(code, layers, settings) {
  const zipBytes = Math.max(code.artifact.zipBytes, code.layer?.zipBytes ?? 0);
  const unzippedBytes = unzippedBytesOf(code);
  const layerBytes = sum(layers.map((layer) => layer.zipBytes));
  if (unzippedBytes + layerBytes > LIMITS.unzippedBytes) {
    const withLayers = layers.length === 0 ? "" : ` and ${layersInWords(layers)}`;
    return {
      title: `The function is too large: ${megabytes(unzippedBytes)} unzipped${withLayers}, and Lambda takes ${megabytes(LIMITS.unzippedBytes)}`,
      detail: largest(code, "unzippedBytes"),
      hint: adviceOn(code, settings)
    };
  }
  if (zipBytes > LIMITS.directUploadBytes && settings.uploadBucket === void 0) {
    return {
      title: `The artifact is too large for a direct upload: ${megabytes(zipBytes)}, and Lambda takes ${megabytes(LIMITS.directUploadBytes)} in one request`,
      detail: largest(code, "zipBytes"),
      hint: `Set upload-bucket to a bucket in the function's region, as in s3://example-uploads/shop. ${adviceOn(code, settings)}`
    };
  }
  return void 0;
}
function sizeWarning(code, layers) {
  const unzippedBytes = unzippedBytesOf(code);
  const likelyBytes = unzippedBytes + USUAL_UNZIPPING * sum(layers.map(({ zipBytes }) => zipBytes));
  if (layers.length === 0 || likelyBytes <= LIMITS.unzippedBytes) return void 0;
  return {
    title: `The function may be too large: ${megabytes(unzippedBytes)} unzipped and ${layersInWords(layers)}`,
    detail: `Lambda takes ${megabytes(LIMITS.unzippedBytes)} of code and layers together, unzipped; how large a layer is unzipped, it does not say.`
  };
}
function unzippedBytesOf({ artifact, layer }) {
  return artifact.unzippedBytes + (layer?.unzippedBytes ?? 0);
}
function layersInWords(layers) {
  const bytes = megabytes(sum(layers.map(({ zipBytes }) => zipBytes)));
  return `${layers.length === 1 ? "a layer" : `${layers.length} layers`} of ${bytes} zipped`;
}
function largest({ packages }, key) {
  return largestFirst(packages.map(({ name, version, [key]: bytes }) => ({ name, version, bytes })));
}
function adviceOn(code, { runtimeSdk, slim: slim2 }) {
  const { packages } = code;
  const unzippedBytes = unzippedBytesOf(code);
  const sdk = packages.filter(({ name }) => ["boto3", "botocore"].includes(name));
  const sdkBytes = sum(sdk.map((each) => each.unzippedBytes));
  const ownBytes = unzippedBytes - sum(packages.map((each) => each.unzippedBytes));
  return [
    ...sdk.length > 0 && !runtimeSdk ? [`runtime-sdk: true leaves out ${megabytes(sdkBytes)} that the runtime has.`] : [],
    ...slim2 ? [] : ["slim: true leaves out tests, headers and type stubs."],
    ...ownBytes > LARGE_SHARE * unzippedBytes ? [`${megabytes(ownBytes)} are the project's own files: exclude leaves some out.`] : [],
    "no-deploy leaves out a distribution that the function does not need, slim-patterns files of them.",
    `Beyond ${megabytes(LIMITS.unzippedBytes)}, Lambda takes a container image, for which the runtime is a package of its own.`
  ].join(" ");
}
function sum(numbers) {
  return numbers.reduce((total, number2) => total + number2, 0);
}
var USUAL_UNZIPPING, LARGE_SHARE;
var init_size2 = __esm({
  "src/release/size.ts"() {
    "use strict";
    init_limits();
    init_size();
    USUAL_UNZIPPING = 3;
    LARGE_SHARE = 0.3;
  }
});

// src/release/upload.ts
function transportOf(zip, bucket, report) {
  if (zip.zipBytes <= LIMITS.directUploadBytes || bucket === void 0) {
    return {
      address: void 0,
      readCode: async (architecture) => ({ zip: await (0, import_promises53.readFile)(zip.path), architecture }),
      upload: () => Promise.resolve()
    };
  }
  const key = `${zip.sha256}.zip`;
  return {
    address: bucket.addressOf(key),
    readCode: (architecture) => Promise.resolve({ object: { bucket: bucket.name, key: bucket.keyOf(key) }, architecture }),
    upload: () => putOnce(zip, key, bucket, report)
  };
}
async function putOnce({ path: path4, sha256, zipBytes }, key, bucket, report) {
  const found = await bucket.find(key).catch(() => void 0);
  if (found?.bytes === zipBytes && found.sha256 === sha256) {
    report.info(`${bucket.addressOf(key)} is there already`);
    return;
  }
  report.progress(`uploading ${megabytes(zipBytes)} to ${bucket.addressOf(key)}`);
  await bucket.write(key, path4, sha256);
}
var import_promises53;
var init_upload = __esm({
  "src/release/upload.ts"() {
    "use strict";
    import_promises53 = require("node:fs/promises");
    init_limits();
    init_size();
  }
});

// src/commands/deploy.ts
var deploy_exports = {};
__export(deploy_exports, {
  deploy: () => deploy
});
async function deploy(settings, collaborators) {
  const { report, clock } = collaborators;
  const readCurrent = () => readCurrentRelease(settings.functionName, settings.alias, collaborators);
  const first = await readCurrent();
  const { environment } = desiredConfiguration(settings, first);
  if (settings.build) desiredInvokeMode(settings, settings.build.streaming, first);
  const built = await buildOrRead(settings, environment, collaborators);
  return await report.phase(`Release ${settings.functionName}`, async () => {
    const started = clock();
    const current = await readCurrent();
    const { artifact, runtime, architecture, streaming } = built;
    const bucket = await uploadBucket(built, settings, collaborators);
    const transport = transportOf(artifact, bucket, report);
    const layer = await readLayer(
      built.layer && {
        ...{ functionName: settings.functionName, codeSha256: built.layer.codeSha256, runtime, architecture },
        transport: transportOf(built.layer, bucket, report)
      },
      collaborators.layers
    );
    const code = {
      ...{ codeSha256: artifact.codeSha256, runtime, architecture, streaming },
      ...{ upload: transport.address, layer: layer.desired }
    };
    const desired = desiredRelease(settings, code, current);
    const steps = planRelease(current, desired);
    if (sendsCode(steps)) checkSize(built, current, settings, report);
    if (settings.functionUrl === void 0 && desired.access === "none" && current.alias === void 0) {
      report.notice({
        title: `${settings.functionName} gets no Function URL, since it was there before`,
        hint: "To give it one, set function-url to public or iam; to silence this, to none."
      });
    }
    const plan = steps.map((step2) => describeStep(step2, desired));
    const nothing = { version: current.served?.version ?? "", alias: current.alias, url: current.url, commands: [] };
    const result = (release2) => ({
      ...built,
      ...release2,
      plan,
      seconds: { ...built.seconds, release: Math.round(clock() - started) / 1e3 }
    });
    if (steps.length === 0) {
      report.info(
        `Nothing to do: ${settings.alias} serves version ${nothing.version} with this code and configuration.`
      );
      return result(released(steps, nothing, { current, desired }));
    }
    if (settings.dryRun) {
      for (const line of plan) report.info(`would ${line}`);
      return result({ ...released(steps, nothing, { current, desired }), changed: false });
    }
    const release = await applyRelease(
      steps,
      {
        current,
        desired,
        code: await transport.readCode(architecture),
        upload: transport.upload,
        publishLayer: layer.publish,
        versionDescription: collaborators.commit ?? ""
      },
      collaborators
    );
    await requestPublicUrl(release.function.url, { access: desired.access, settings }, collaborators);
    return result(release);
  });
}
async function buildOrRead(settings, environment, collaborators) {
  if (settings.build) return await build({ ...settings.build, environment }, "deploy", collaborators);
  const { artifact, packages, runtime, architecture, streaming } = await readArtifact(settings.artifact ?? "");
  collaborators.report.info(`${artifact.path}: built before, for ${runtime} on ${architecture}`);
  const slices = { total: packages.length, reused: packages.length, built: 0 };
  return { artifact, runtime, architecture, streaming, builder: "none", slices, packages, seconds: {} };
}
async function uploadBucket({ artifact, layer }, settings, { openBucket: openBucket2 }) {
  const zipBytes = Math.max(artifact.zipBytes, layer?.zipBytes ?? 0);
  if (zipBytes <= LIMITS.directUploadBytes || settings.uploadBucket === void 0) return void 0;
  return await openBucket2(settings.uploadBucket);
}
function sendsCode(steps) {
  return steps.some(({ kind }) => ["publish-layer", "create-function", "update-code"].includes(kind));
}
function checkSize(built, { latest }, settings, report) {
  const own = `:layer:${layerNameOf(settings.functionName)}:`;
  const layers = (latest?.layers ?? []).filter(({ arn }) => !arn.includes(own));
  const problem = sizeProblem(built, layers, settings);
  if (problem) throw new UserError(problem);
  const warning = sizeWarning(built, layers);
  if (warning) report.warning(warning);
}
var init_deploy = __esm({
  "src/commands/deploy.ts"() {
    "use strict";
    init_given();
    init_errors();
    init_limits();
    init_apply();
    init_current();
    init_desired();
    init_layer();
    init_plan();
    init_public_url();
    init_size2();
    init_upload();
    init_build2();
  }
});

// src/artifact/inspect/bytecode-header.ts
function readHeader(content) {
  if (content.length <= HEADER_BYTES2 || content.toString("latin1", 2, 4) !== "\r\n") return { kind: "damaged" };
  const magic = content.readUInt16LE(0);
  const flags = content.readUInt32LE(4);
  if (![0, HASH_BASED, HASH_BASED | CHECK_SOURCE].includes(flags)) return { kind: "damaged" };
  if (flags & HASH_BASED)
    return {
      kind: flags & CHECK_SOURCE ? "checked" : "unchecked",
      magic,
      sourceHash: content.toString("hex", 8, HEADER_BYTES2)
    };
  return { kind: "timestamp", magic, sourceModified: content.readUInt32LE(8), sourceBytes: content.readUInt32LE(12) };
}
var MAGIC_NUMBERS, HEADER_BYTES2, HASH_BASED, CHECK_SOURCE;
var init_bytecode_header = __esm({
  "src/artifact/inspect/bytecode-header.ts"() {
    "use strict";
    MAGIC_NUMBERS = {
      "3.10": 3439,
      "3.11": 3495,
      "3.12": 3531,
      "3.13": 3571,
      "3.14": 3627
    };
    HEADER_BYTES2 = 16;
    HASH_BASED = 1;
    CHECK_SOURCE = 2;
  }
});

// src/artifact/inspect/source-hash.ts
function sourceHash(source2, magic, pythonMinor) {
  const [rounds2, lastRounds] = pythonMinor === "3.10" ? [2, 4] : [1, 3];
  const state = new SipState((magic | 168624128) >>> 0);
  const whole = source2.length - source2.length % 8;
  for (let at = 0; at < whole; at += 8) state.take(source2.readInt32LE(at), source2.readInt32LE(at + 4), rounds2);
  const rest = Buffer.alloc(8);
  source2.copy(rest, 0, whole);
  rest[7] = source2.length & 255;
  state.take(rest.readInt32LE(0), rest.readInt32LE(4), rounds2);
  return state.end(lastRounds);
}
var SipState;
var init_source_hash = __esm({
  "src/artifact/inspect/source-hash.ts"() {
    "use strict";
    SipState = class {
      #low;
      #high;
      constructor(key) {
        this.#low = Int32Array.of(1886610805 ^ key, 1852075885, 1852142177 ^ key, 2037671283);
        this.#high = Int32Array.of(1936682341, 1685025377, 1819895653, 1952801890);
      }
      take(low, high, rounds2) {
        this.#xor(3, low, high);
        this.#round(rounds2);
        this.#xor(0, low, high);
      }
      end(rounds2) {
        this.#xor(2, 255, 0);
        this.#round(rounds2);
        const hash = Buffer.alloc(8);
        hash.writeInt32LE(
          this.#low.reduce((all, half) => all ^ half, 0),
          0
        );
        hash.writeInt32LE(
          this.#high.reduce((all, half) => all ^ half, 0),
          4
        );
        return hash.toString("hex");
      }
      #round(count) {
        for (let done = 0; done < count; done++) {
          this.#mix(0, 1, 13);
          this.#rotate(0, 32);
          this.#mix(2, 3, 16);
          this.#mix(0, 3, 21);
          this.#mix(2, 1, 17);
          this.#rotate(2, 32);
        }
      }
      /** a += b; b = (b <<< bits) ^ a */
      #mix(a, b, bits) {
        const low = this.#half(this.#low, a) + this.#half(this.#low, b);
        this.#high[a] = this.#half(this.#high, a) + this.#half(this.#high, b) + (low > 4294967295 ? 1 : 0);
        this.#low[a] = low;
        this.#rotate(b, bits);
        this.#xor(b, this.#half(this.#low, a), this.#half(this.#high, a));
      }
      #rotate(word, bits) {
        const [low, high] = [this.#half(this.#low, word), this.#half(this.#high, word)];
        this.#low[word] = bits === 32 ? high : low << bits | high >>> 32 - bits;
        this.#high[word] = bits === 32 ? low : high << bits | low >>> 32 - bits;
      }
      #xor(word, low, high) {
        this.#low[word] = this.#half(this.#low, word) ^ low;
        this.#high[word] = this.#half(this.#high, word) ^ high;
      }
      #half(halves2, word) {
        return (halves2[word] ?? 0) >>> 0;
      }
    };
  }
});

// src/artifact/inspect/contents.ts
async function readContents3(given, assumed) {
  const path4 = (0, import_node_path50.resolve)(given);
  const found = await (0, import_promises54.stat)(path4).catch(() => void 0);
  if (!found?.isFile()) {
    throw new UserError(
      {
        title: `The artifact ${given} ${found ? "is not a file" : "does not exist"}`,
        hint: "Make it with: wsgi-lambda build, or name another: wsgi-lambda inspect FILE"
      },
      { exitCode: 2 }
    );
  }
  try {
    var _stack = [];
    try {
      const zip = __using(_stack, await openZip(path4), true);
      const files = checkedFiles(zip.entries);
      const told = await readTold(zip);
      const pythonMinor = (told.runtime ?? assumed.runtime)?.slice("python".length) ?? commonMinor(files);
      const read = await readFiles(zip, files, pythonMinor);
      const digest = await sha256Of(path4);
      return {
        path: path4,
        sha256: digest.toString("hex"),
        zipBytes: found.size,
        files,
        told: withAssumed(told, assumed),
        pythonMinor,
        ...read
      };
    } catch (_) {
      var _error = _, _hasError = true;
    } finally {
      var _promise = __callDispose(_stack, _error, _hasError);
      _promise && await _promise;
    }
  } catch (error) {
    if (!(error instanceof BadZip)) throw error;
    throw new UserError(
      {
        title: `${given} cannot be inspected`,
        detail: `As a zip, ${error.message}.`,
        hint: "Make it anew, or check that all of it was copied."
      },
      { exitCode: 2, cause: error }
    );
  }
}
function withAssumed(told, { runtime, architecture }) {
  return { ...told, runtime: told.runtime ?? runtime, architecture: told.architecture ?? architecture };
}
function checkedFiles(entries) {
  const sorted = entries.toSorted((a, b) => a.path < b.path ? -1 : 1);
  let total = 0;
  for (const [index, { path: path4, unzippedBytes }] of sorted.entries()) {
    if (path4.startsWith("/") || path4.includes("\0") || path4.split("/").includes(".."))
      throw new BadZip(`a path in it leads elsewhere: ${JSON.stringify(path4)}`);
    if (path4 === sorted[index + 1]?.path) throw new BadZip(`it has ${JSON.stringify(path4)} twice`);
    total += unzippedBytes;
  }
  const both = fileAndFolder2(sorted);
  if (both !== void 0) throw new BadZip(`its ${JSON.stringify(both)} is a file and a folder`);
  if (total > MOST_BYTES3) throw new BadZip(`it would unpack to ${Math.round(total / 1e9)} GB`);
  return sorted;
}
function fileAndFolder2(files) {
  const folders = /* @__PURE__ */ new Set();
  for (const { path: path4 } of files) {
    for (let parent = import_node_path50.posix.dirname(path4); parent !== "." && !folders.has(parent); parent = import_node_path50.posix.dirname(parent))
      folders.add(parent);
  }
  return files.find(({ path: path4 }) => folders.has(path4))?.path;
}
async function readTold(zip) {
  const entry = zip.entries.find(({ path: path4 }) => path4 === CONFIGURATION);
  if (entry === void 0) return {};
  const told = object({
    app: optional(fallback(optional(string()), void 0)),
    runtime: optional(fallback(optional(picklist(RUNTIME_NAMES)), void 0)),
    architecture: optional(fallback(optional(picklist(ARCHITECTURES)), void 0)),
    version: optional(fallback(optional(string()), void 0))
  });
  const read = safeParse(pipe(string(), parseJson(), told), (await zip.content(entry)).toString());
  return read.success ? read.output : {};
}
function commonMinor(files) {
  const counts = /* @__PURE__ */ new Map();
  for (const { path: path4 } of files) {
    const [, major = "", minor = ""] = /\.cpython-(\d)(\d+)(?:-[\w-]+)?\.(?:pyc|so)$/.exec(path4) ?? [];
    if (major !== "") counts.set(`${major}.${minor}`, (counts.get(`${major}.${minor}`) ?? 0) + 1);
  }
  return [...counts].toSorted(([, a], [, b]) => b - a)[0]?.[0];
}
async function readFiles(zip, files, pythonMinor) {
  const distInfos = /* @__PURE__ */ new Map();
  const bytecode = /* @__PURE__ */ new Map();
  const sourceHashes = /* @__PURE__ */ new Map();
  const binaries = /* @__PURE__ */ new Map();
  const magic = MAGIC_NUMBERS[pythonMinor ?? ""];
  const wanted = files.filter(({ path: path4 }) => DIST_INFO.test(path4) || /\.pyc?$/.test(path4) || MAY_BE_BINARY.test(path4));
  const large = wanted.find(({ unzippedBytes }) => unzippedBytes > MOST_BYTES_OF_A_FILE);
  if (large) throw new BadZip(`its ${large.path} would unpack to ${Math.round(large.unzippedBytes / 1e6)} MB`);
  for await (const [entry, compressed] of zip.compressed(wanted)) {
    const { path: path4 } = entry;
    const content = await inflated(entry, compressed);
    const [, folder = "", name] = DIST_INFO.exec(path4) ?? [];
    if (name !== void 0) {
      const before = distInfos.get(folder) ?? { metadata: "", record: "", wheel: "" };
      distInfos.set(folder, { ...before, [name.toLowerCase()]: content.toString() });
    } else if (path4.endsWith(".pyc")) {
      bytecode.set(path4, readHeader(content));
    } else if (path4.endsWith(".py")) {
      if (magic !== void 0) sourceHashes.set(path4, sourceHash(content, magic, pythonMinor ?? ""));
    } else {
      const binary = readBinary(content);
      if (binary) binaries.set(path4, binary);
    }
  }
  return { distInfos, bytecode, sourceHashes, binaries };
}
function readBinary(content) {
  try {
    const facts = readElf(content);
    return facts && { facts };
  } catch (error) {
    if (error instanceof BrokenElf) return { broken: error.message };
    throw error;
  }
}
var import_promises54, import_node_path50, MOST_BYTES3, MOST_BYTES_OF_A_FILE, DIST_INFO, MAY_BE_BINARY;
var init_contents = __esm({
  "src/artifact/inspect/contents.ts"() {
    "use strict";
    import_promises54 = require("node:fs/promises");
    import_node_path50 = require("node:path");
    init_dist2();
    init_errors();
    init_runtimes();
    init_target();
    init_hash();
    init_elf();
    init_read_zip();
    init_runtime();
    init_bytecode_header();
    init_source_hash();
    MOST_BYTES3 = 4e9;
    MOST_BYTES_OF_A_FILE = 5e8;
    DIST_INFO = /^([^/]+\.dist-info)\/(METADATA|RECORD|WHEEL)$/;
    MAY_BE_BINARY = /\.so(?:\.[\d.]+)?$|^bin\/[^/]+$|^[^.]+$/;
  }
});

// src/artifact/inspect/difference.ts
function difference(before, after) {
  const unzipped = ({ files }) => files.reduce((sum3, { unzippedBytes }) => sum3 + unzippedBytes, 0);
  return {
    zipBytes: after.zipBytes - before.zipBytes,
    unzippedBytes: unzipped(after) - unzipped(before),
    packages: packageChanges(before, after),
    files: fileChanges(before, after)
  };
}
function packageChanges(before, after) {
  const [old, now] = [before, after].map(({ packages }) => new Map(packages.map((each) => [each.name, each])));
  const names = [.../* @__PURE__ */ new Set([...old?.keys() ?? [], ...now?.keys() ?? []])].toSorted();
  return names.flatMap((name) => {
    const [was, is] = [old?.get(name) ?? NOTHING2, now?.get(name) ?? NOTHING2];
    const change = {
      name,
      before: was.version,
      after: is.version,
      zipBytes: is.zipBytes - was.zipBytes,
      unzippedBytes: is.unzippedBytes - was.unzippedBytes
    };
    return was.version === is.version && change.zipBytes === 0 && change.unzippedBytes === 0 ? [] : [change];
  });
}
function fileChanges(before, after) {
  const old = new Map(before.files.map((file) => [file.path, file]));
  const now = new Set(after.files.map(({ path: path4 }) => path4));
  const isOther = (file) => {
    const was = old.get(file.path);
    return was !== void 0 && (was.crc !== file.crc || was.unzippedBytes !== file.unzippedBytes);
  };
  return {
    added: after.files.filter(({ path: path4 }) => !old.has(path4)).map(({ path: path4 }) => path4),
    removed: before.files.filter(({ path: path4 }) => !now.has(path4)).map(({ path: path4 }) => path4),
    changed: after.files.filter(isOther).map(({ path: path4 }) => path4)
  };
}
var NOTHING2;
var init_difference = __esm({
  "src/artifact/inspect/difference.ts"() {
    "use strict";
    NOTHING2 = { version: void 0, zipBytes: 0, unzippedBytes: 0 };
  }
});

// src/artifact/inspect/direct.ts
async function directRequirements(project, manifest, present2) {
  const written2 = [
    ...manifest?.endsWith(".txt") === true ? [manifest.replace(/\.txt$/, ".in"), manifest] : [],
    "pyproject.toml",
    "Pipfile"
  ];
  for (const from of written2) {
    const requirements = (0, import_node_fs20.existsSync)((0, import_node_path51.join)(project, from)) ? await readWritten(project, from) : [];
    const names = new Set(requirements.map(({ name }) => name));
    const isLock = present2.size > 1 && [...present2].every((name) => names.has(name));
    if (requirements.length > 0 && !isLock) return { from, requirements };
  }
  return UNKNOWN;
}
async function readWritten(project, path4) {
  try {
    if (path4 === "pyproject.toml")
      return fromPyproject(asTable3(parse(await readIfPresent((0, import_node_path51.join)(project, path4)) ?? "")));
    if (path4 === "Pipfile")
      return fromTable(asTable3(parse(await readIfPresent((0, import_node_path51.join)(project, path4)) ?? ""))["packages"]);
    const files = await readRequirementsFiles(project, path4);
    return [...fromRequirements(files), ...await namedByFolder(project, files)];
  } catch (error) {
    if (error instanceof UserError || error instanceof TomlError) return [];
    throw error;
  }
}
function fromPyproject(document) {
  const { dependencies } = asTable3(document["project"]);
  const listed = Array.isArray(dependencies) ? dependencies.map(String) : [];
  return [
    ...listed.flatMap((text3) => parseRequirement(text3) ?? []),
    ...fromTable(asTable3(asTable3(document["tool"])["poetry"])["dependencies"])
  ];
}
function fromTable(table2) {
  return Object.entries(asTable3(table2)).flatMap(([name, value]) => {
    const { extras } = asTable3(value);
    if (name === "python") return [];
    return [{ name: normalise(name), extras: Array.isArray(extras) ? extras.map(String) : [], marker: void 0 }];
  });
}
function fromRequirements(files) {
  const constraints = new Set(
    files.flatMap(
      ({ path: path4, lines: lines2 }) => lines2.flatMap(({ text: text3 }) => {
        const [, constraint] = /^(?:-c|--constraint)(?:\s+|=)?(\S+)/.exec(text3) ?? [];
        return constraint === void 0 ? [] : [import_node_path51.posix.join(import_node_path51.posix.dirname(path4), constraint)];
      })
    )
  );
  return files.filter(({ path: path4 }) => !constraints.has(path4)).flatMap(({ lines: lines2 }) => lines2.flatMap(({ text: text3 }) => parseRequirement(text3.replace(/\s--\w.*$/, "")) ?? []));
}
async function namedByFolder(project, files) {
  const folders = files.flatMap(
    ({ lines: lines2 }) => lines2.flatMap(
      ({ text: text3 }) => /^(?:(?:-e|--editable)[\s=]\s*)?(\.{1,2}(?:\/[^\s;[]*)?)(?=[\s;[]|$)/.exec(text3)?.[1] ?? []
    )
  );
  const named = await Promise.all(
    folders.map(async (folder) => {
      const document = asTable3(parse(await readIfPresent((0, import_node_path51.join)(project, folder, "pyproject.toml")) ?? ""));
      const name = asTable3(document["project"])["name"] ?? asTable3(asTable3(document["tool"])["poetry"])["name"];
      return typeof name === "string" ? [{ name: normalise(name), extras: [], marker: void 0 }] : [];
    })
  );
  return named.flat();
}
function asTable3(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
var import_node_fs20, import_node_path51, UNKNOWN;
var init_direct = __esm({
  "src/artifact/inspect/direct.ts"() {
    "use strict";
    import_node_fs20 = require("node:fs");
    import_node_path51 = require("node:path");
    init_dist();
    init_errors();
    init_files();
    init_requirement();
    init_pyproject();
    UNKNOWN = { from: void 0, requirements: [] };
  }
});

// src/artifact/inspect/group.ts
function groupBy(values, keyOf2) {
  const groups = /* @__PURE__ */ new Map();
  for (const value of values) {
    const key = keyOf2(value);
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}
var init_group = __esm({
  "src/artifact/inspect/group.ts"() {
    "use strict";
  }
});

// src/artifact/inspect/graph.ts
function requirementsOf(metadata) {
  const head = metadata.split(/\r?\n\r?\n/, 1)[0] ?? "";
  return [...head.matchAll(/^Requires-Dist: (.+)$/gm)].flatMap(([, text3 = ""]) => parseRequirement(text3) ?? []);
}
function dependencyGraph(distributions, direct, holds2) {
  const present2 = new Map(distributions.map(({ name, metadata }) => [name, requirementsOf(metadata)]));
  for (const [name, requirements] of present2)
    present2.set(
      name,
      requirements.filter((requirement) => present2.has(requirement.name) && requirement.name !== name)
    );
  const edges = firmEdges(present2, direct, holds2);
  const own = new Set(direct.map(({ name }) => name).filter((name) => present2.has(name)));
  const asked = /* @__PURE__ */ new Set([...own, ...edges.map(({ to }) => to)]);
  edges.push(...optionalEdges(present2, asked, holds2));
  const requiredBy = groupBy(edges, ({ to }) => to);
  const roots = [...own, ...[...present2.keys()].filter((name) => !own.has(name) && !requiredBy.has(name))];
  return {
    roots: [...roots, ...rootsOfCircles(present2, roots, edges)].toSorted(),
    direct: own,
    requiredBy: new Map([...requiredBy].map(([name, requirers]) => [name, withoutRepeats(requirers)]))
  };
}
function firmEdges(present2, direct, holds2) {
  const extras = new Map([...present2.keys()].map((name) => [name, /* @__PURE__ */ new Set()]));
  const edges = [];
  const ask = ({ name, extras: wanted }) => {
    for (const extra of wanted) extras.get(name)?.add(extra);
  };
  direct.forEach(ask);
  for (let known = -1; known !== edges.length + sum2(extras); ) {
    known = edges.length + sum2(extras);
    edges.length = 0;
    for (const [name, requirements] of present2) {
      for (const requirement of requirements) {
        const extra = extraThatHolds(requirement, extras.get(name) ?? /* @__PURE__ */ new Set(), holds2);
        if (extra === false) continue;
        edges.push({ name, extra, to: requirement.name });
        ask(requirement);
      }
    }
  }
  return edges;
}
function sum2(extras) {
  return [...extras.values()].reduce((count, { size }) => count + size, 0);
}
function extraThatHolds({ marker }, extras, holds2) {
  if (marker === void 0 || holds2(marker, NO_EXTRAS)) return void 0;
  return [...extras].toSorted().find((extra) => holds2(marker, /* @__PURE__ */ new Set([extra]))) ?? false;
}
function optionalEdges(present2, asked, holds2) {
  return [...present2].flatMap(
    ([name, requirements]) => requirements.flatMap((requirement) => {
      if (requirement.marker === void 0 || asked.has(requirement.name)) return [];
      const named = [...requirement.marker.matchAll(/extra\s*==\s*["']([^"']+)["']/g)].map(([, extra2 = ""]) => extra2);
      const extra = extraThatHolds(requirement, new Set(named.map(normalise)), holds2);
      return extra === false ? [] : [{ name, extra, to: requirement.name }];
    })
  );
}
function rootsOfCircles(present2, roots, edges) {
  const asks = groupBy(edges, ({ name }) => name);
  const reached = /* @__PURE__ */ new Set();
  const visit = (name) => {
    if (reached.has(name)) return;
    reached.add(name);
    for (const { to } of asks.get(name) ?? []) visit(to);
  };
  roots.forEach(visit);
  return [...present2.keys()].toSorted().filter((name) => {
    const isFirst = !reached.has(name);
    visit(name);
    return isFirst;
  });
}
function withoutRepeats(requirers) {
  const byWords = new Map(requirers.map(({ name, extra }) => [inWords({ name, extra }), { name, extra }]));
  return [...byWords].toSorted(([a], [b]) => a < b ? -1 : 1).map(([, requirer]) => requirer);
}
function inWords({ name, extra }) {
  return extra === void 0 ? name : `${name}[${extra}]`;
}
function pathsTo(name, { roots, requiredBy }) {
  const isRoot = new Set(roots);
  const found = [];
  let waiting = [{ names: [name], words: [name] }];
  for (let steps = 0; waiting.length > 0 && found.length < MOST_PATHS && steps < MOST_STEPS; ) {
    const next = [];
    for (const { names, words: words3 } of waiting) {
      steps++;
      const [first = "", ...rest] = names;
      if (isRoot.has(first)) found.push(words3);
      for (const requirer of requiredBy.get(first) ?? []) {
        if (!names.includes(requirer.name) && next.length < MOST_STEPS)
          next.push({ names: [requirer.name, first, ...rest], words: [inWords(requirer), ...words3] });
      }
    }
    waiting = next;
  }
  return found.slice(0, MOST_PATHS);
}
var NO_EXTRAS, MOST_PATHS, MOST_STEPS;
var init_graph = __esm({
  "src/artifact/inspect/graph.ts"() {
    "use strict";
    init_files();
    init_requirement();
    init_group();
    NO_EXTRAS = /* @__PURE__ */ new Set();
    MOST_PATHS = 20;
    MOST_STEPS = 2e4;
  }
});

// src/artifact/inspect/binaries.ts
function inspectBinaries({ binaries }, ownerOf, architecture) {
  return [...binaries].map(([path4, binary]) => ({ path: path4, package: ownerOf(path4), ...described(binary, architecture) })).toSorted((a, b) => a.path < b.path ? -1 : 1);
}
function commonArchitecture({ binaries }) {
  const known = [...binaries.values()].flatMap(
    (binary) => "facts" in binary ? MACHINES2[binary.facts.machine] ?? [] : []
  );
  const arm = known.filter((architecture) => architecture === "arm64").length;
  return known.length === 0 ? void 0 : arm > known.length / 2 ? "arm64" : "x86_64";
}
function described(binary, wanted) {
  if ("broken" in binary)
    return { machine: "unknown", needed: [], glibc: void 0, problem: `it is damaged: ${binary.broken}` };
  const { machine, bits, needed, needs } = binary.facts;
  const architecture = bits === 64 ? MACHINES2[machine] : void 0;
  const versions = needs.flatMap((need) => need.versions);
  const glibc = newest(versions.flatMap((version) => /^GLIBC_(\d[\d.]*)$/.exec(version)?.[1] ?? []));
  return {
    machine: architecture ?? `machine ${machine}`,
    needed,
    glibc,
    problem: wanted !== void 0 && architecture !== wanted ? `it is not for ${wanted}` : void 0
  };
}
function verifiedBinaries({ binaries }, { distributions, ownerOf }, target) {
  const readable = [...binaries].flatMap(([path4, binary]) => "facts" in binary ? [{ path: path4, facts: binary.facts }] : []);
  const byOwner = groupBy(readable, ({ path: path4 }) => ownerOf(path4));
  const owned = distributions.flatMap(({ name, version, tags }) => {
    const own = byOwner.get(name);
    return own ? [{ wheel: { name, version, tags }, binaries: own }] : [];
  });
  const others = (byOwner.get(void 0) ?? []).map(({ path: path4 }) => import_node_path52.posix.basename(path4));
  return [
    ...owned.flatMap((distribution) => verifyBinaries(distribution.binaries, target, distribution.wheel)),
    ...verifyNeeded(owned, target, others)
  ];
}
function newest(versions) {
  return versions.toSorted((a, b) => a.localeCompare(b, "en", { numeric: true })).at(-1);
}
var import_node_path52, MACHINES2;
var init_binaries = __esm({
  "src/artifact/inspect/binaries.ts"() {
    "use strict";
    import_node_path52 = require("node:path");
    init_verify();
    init_group();
    MACHINES2 = { 62: "x86_64", 183: "arm64" };
  }
});

// src/artifact/inspect/bytecode.ts
function inspectBytecode(contents) {
  const sources = new Map(contents.files.filter(({ path: path4 }) => path4.endsWith(".py")).map((file) => [file.path, file]));
  const files = [...contents.bytecode].map(([path4, header]) => ({ path: path4, state: stateOf(path4, header, { ...contents, sources }) })).toSorted((a, b) => a.path < b.path ? -1 : 1);
  const compiled = new Set(files.map(({ path: path4 }) => sourceOf(path4)));
  const loaded = new Set(files.filter(({ state }) => LOADED.has(state)).map(({ path: path4 }) => sourceOf(path4)));
  return {
    magic: MAGIC_NUMBERS[contents.pythonMinor ?? ""],
    files,
    sources: sources.size,
    loaded: [...sources.keys()].filter((path4) => loaded.has(path4)).length,
    withoutBytecode: [...sources.keys()].filter((path4) => !compiled.has(path4))
  };
}
function stateOf(path4, header, { pythonMinor, sources, sourceHashes }) {
  const cached = /(?:^|\/)__pycache__\/[^/]+?\.([\w-]+)((?:\.opt-\w+)?)\.pyc$/.exec(path4);
  if (!cached && sources.has(path4.slice(0, -1))) return "unused";
  const source2 = sources.get(sourceOf(path4));
  if (cached && (!source2 || cached[2] !== "")) return "unused";
  if (cached && pythonMinor !== void 0 && cached[1] !== `cpython-${pythonMinor.replace(".", "")}`)
    return "other-python";
  if (header.kind === "damaged") return "damaged";
  const magic = MAGIC_NUMBERS[pythonMinor ?? ""];
  if (magic !== void 0 && header.magic !== magic) return "other-python";
  if (!source2) return "sourceless";
  if (header.kind === "timestamp") return isAsCompiled(header, source2) ? "timestamp" : "stale";
  const isSame3 = [void 0, header.sourceHash].includes(sourceHashes.get(source2.path));
  if (header.kind === "checked") return isSame3 ? "checked" : "stale";
  return isSame3 ? "unchecked" : "differs";
}
function isAsCompiled({ sourceModified, sourceBytes }, source2) {
  return sourceModified === source2.modified && sourceBytes === source2.unzippedBytes;
}
var LOADED;
var init_bytecode = __esm({
  "src/artifact/inspect/bytecode.ts"() {
    "use strict";
    init_metadata();
    init_bytecode_header();
    LOADED = /* @__PURE__ */ new Set(["unchecked", "checked", "timestamp", "sourceless", "differs"]);
  }
});

// src/artifact/inspect/packages.ts
function partsOf2({ files, distInfos }) {
  const owners = /* @__PURE__ */ new Map();
  const isOurs = files.some(({ path: path4 }) => path4 === CONFIGURATION);
  const isRuntime = (path4) => isOurs && isOfRuntime(path4);
  const known = [...distInfos].map(([folder, { metadata, record: record2, wheel }]) => {
    const told = distributionOf(metadata, wheel);
    const [, name = folder, version = ""] = /^(.+?)-([^-]*)\.dist-info$/.exec(folder) ?? [];
    const distribution = {
      name: told.name || name.toLowerCase(),
      version: told.version || version,
      tags: told.tags,
      metadata
    };
    for (const { path: path4 } of recordRows(record2)) owners.set(import_node_path53.posix.normalize(path4), distribution.name);
    for (const { path: path4 } of files) if (path4.startsWith(`${folder}/`)) owners.set(path4, distribution.name);
    return distribution;
  });
  const ownerOf = (path4) => isRuntime(path4) ? void 0 : owners.get(path4) ?? owners.get(sourceOf(path4));
  const owned = groupBy(files, ({ path: path4 }) => ownerOf(path4));
  return {
    distributions: known.map((distribution) => ({ ...distribution, files: owned.get(distribution.name) ?? [] })).toSorted((a, b) => a.name < b.name ? -1 : 1),
    ownerOf,
    kindOf: (path4) => isRuntime(path4) ? "runtime" : kindOf2(path4, ownerOf(path4))
  };
}
function kindOf2(path4, owner) {
  if (/\.so(?:\.[\d.]+)?$/.test(path4)) return "shared libraries";
  if (owner === void 0) return "application";
  if (/^[^/]+\.dist-info\//.test(path4)) return "metadata";
  if (path4.endsWith(".pyc")) return "bytecode";
  return path4.endsWith(".py") ? "sources" : "data";
}
function isOfRuntime(path4) {
  const source2 = sourceOf(path4);
  return source2.startsWith("wsgi_lambda/") || OWN_FILES.has(source2);
}
function sizeOf(files) {
  return {
    files: files.length,
    zippedBytes: files.reduce((sum3, { zippedBytes }) => sum3 + zippedBytes, 0),
    unzippedBytes: files.reduce((sum3, { unzippedBytes }) => sum3 + unzippedBytes, 0)
  };
}
var import_node_path53, KINDS3, OWN_FILES;
var init_packages = __esm({
  "src/artifact/inspect/packages.ts"() {
    "use strict";
    import_node_path53 = require("node:path");
    init_metadata();
    init_runtime();
    init_group();
    KINDS3 = ["application", "runtime", "sources", "bytecode", "shared libraries", "data", "metadata"];
    OWN_FILES = /* @__PURE__ */ new Set([CONFIGURATION, "wsgi_handler.py", "serverless_wsgi.py"]);
  }
});

// src/artifact/inspect/inspection.ts
function inspectContents(contents, parts, direct) {
  const { told, files, pythonMinor } = contents;
  const { distributions, ownerOf, kindOf: kindOf3 } = parts;
  const architecture = told.architecture ?? commonArchitecture(contents);
  const runtime = RUNTIME_NAMES.find((name) => name === `python${pythonMinor ?? ""}`);
  const target = runtime && targetOf(runtime, architecture ?? "x86_64");
  const graph = dependencyGraph(distributions, direct.requirements, markersFor(target, pythonMinor));
  const all = sizeOf(files);
  const byKind = groupBy(files, ({ path: path4 }) => kindOf3(path4));
  const inspection = {
    artifact: {
      path: contents.path,
      sha256: contents.sha256,
      zipBytes: contents.zipBytes,
      unzippedBytes: all.unzippedBytes,
      entries: all.files,
      runtime: pythonMinor && `python${pythonMinor}`,
      architecture,
      app: told.app,
      builtBy: told.version
    },
    limits: [
      { of: "direct upload", bytes: contents.zipBytes, limitBytes: LIMITS.directUploadBytes },
      { of: "unzipped", bytes: all.unzippedBytes, limitBytes: LIMITS.unzippedBytes }
    ],
    packages: distributions.map(({ name, version, files: own }) => ({
      name,
      version,
      ...inZip(sizeOf(own)),
      isDirect: direct.from === void 0 ? graph.roots.includes(name) : graph.direct.has(name),
      requiredBy: (graph.requiredBy.get(name) ?? []).map(inWords)
    })),
    requirementsFrom: direct.from,
    kinds: KINDS3.flatMap((kind) => byKind.has(kind) ? [{ kind, ...inZip(sizeOf(byKind.get(kind) ?? [])) }] : []),
    bytecode: inspectBytecode(contents),
    binaries: inspectBinaries(contents, ownerOf, architecture),
    findings: target && architecture ? verifiedBinaries(contents, parts, target) : []
  };
  return { inspection, parts, graph, target };
}
function inZip({ files, zippedBytes, unzippedBytes }) {
  return { files, zipBytes: zippedBytes, unzippedBytes };
}
function markersFor(target, pythonMinor = "3.13") {
  const environment = markerEnvironment(target ?? { architecture: "x86_64" }, `${pythonMinor}.0`);
  return (marker, extras) => {
    try {
      return holds(marker, environment, { extras, groups: /* @__PURE__ */ new Set() });
    } catch {
      return false;
    }
  };
}
var init_inspection = __esm({
  "src/artifact/inspect/inspection.ts"() {
    "use strict";
    init_limits();
    init_runtimes();
    init_markers();
    init_binaries();
    init_bytecode();
    init_graph();
    init_group();
    init_packages();
  }
});

// src/artifact/inspect/import-profile.ts
function readImportTimes(output) {
  const lines2 = output.split(/\r?\n/);
  return lines2.slice(lines2.indexOf(START_LINE) + 1).flatMap((line) => {
    const [, self, cumulative, indent = "", name] = LINE.exec(line) ?? [];
    if (name === void 0) return [];
    const [selfSeconds, cumulativeSeconds] = [Number(self) / 1e6, Number(cumulative) / 1e6];
    return [{ name, selfSeconds, cumulativeSeconds, depth: indent.length / 2 }];
  });
}
function importProfile(about, times, packageOf) {
  const modules = times.map((time) => ({ ...time, package: packageOf(time.name) }));
  const within = importersOf(modules);
  const packages = [...groupBy(modules, (module2) => module2.package)].map(([name, own]) => ({
    package: name,
    modules: own.length,
    selfSeconds: rounded(own.reduce((sum3, { selfSeconds }) => sum3 + selfSeconds, 0)),
    cumulativeSeconds: rounded(
      own.filter((module2) => !within(module2, name)).reduce((sum3, module2) => sum3 + module2.cumulativeSeconds, 0)
    )
  }));
  return { ...about, modules, packages: packages.toSorted((a, b) => b.selfSeconds - a.selfSeconds) };
}
function importersOf(modules) {
  const packagesAbove = /* @__PURE__ */ new Map();
  const above = [];
  for (const module2 of modules.toReversed()) {
    while ((above.at(-1)?.depth ?? -1) >= module2.depth) above.pop();
    const packages = above.at(-1)?.packages ?? /* @__PURE__ */ new Set();
    packagesAbove.set(module2, packages);
    above.push({ depth: module2.depth, packages: /* @__PURE__ */ new Set([...packages, module2.package]) });
  }
  return (module2, packageName) => packagesAbove.get(module2)?.has(packageName) ?? false;
}
function packageOfModule(files, { ownerOf, kindOf: kindOf3 }) {
  const paths = /* @__PURE__ */ new Map();
  for (const path4 of files) {
    const module2 = moduleOf(path4);
    if (module2 !== void 0 && !paths.has(module2)) paths.set(module2, path4);
  }
  return (module2) => {
    const path4 = paths.get(module2) ?? paths.get(module2.split(".", 1)[0] ?? "");
    if (path4 === void 0) return OTHER_PACKAGES.python;
    if (kindOf3(path4) === "runtime") return OTHER_PACKAGES.runtime;
    return ownerOf(path4) ?? OTHER_PACKAGES.application;
  };
}
function moduleOf(path4) {
  const [, module2] = /^([\w/]+?)(?:\/__init__)?\.(?:py|pyc|so|[\w-]+\.so)$/.exec(path4) ?? [];
  return module2?.replaceAll("/", ".");
}
function rounded(seconds) {
  return Math.round(seconds * 1e6) / 1e6;
}
var OTHER_PACKAGES, START_LINE, END_LINE, LINE;
var init_import_profile = __esm({
  "src/artifact/inspect/import-profile.ts"() {
    "use strict";
    init_group();
    OTHER_PACKAGES = { application: "(application)", runtime: "(runtime)", python: "(Python itself)" };
    START_LINE = "wsgi-lambda: the import starts here";
    END_LINE = "wsgi-lambda: the import ends here";
    LINE = /^import time: +(\d+) \| +(\d+) \| ( *)(\S+)\s*$/;
  }
});

// src/artifact/inspect/measure-imports.ts
async function measureImports(contents, parts, { module: module2, environment, toolsFolder }, builder) {
  if (!builder.canImport && contents.binaries.size > 0) {
    throw new UserError({
      title: "The time of the imports cannot be measured here: the artifact has compiled code for another system",
      detail: `The builder is ${builder.description}.`,
      hint: "builder: docker imports it in the Lambda image."
    });
  }
  await builder.put(toolsFolder, TOOLS);
  await unpack3(contents, builder);
  const runs = [];
  for (let run3 = 0; run3 < RUNS; run3++) runs.push(await importOnce(module2, environment, builder));
  const fastest = runs.toSorted((a, b) => a.seconds - b.seconds)[0] ?? { seconds: 0, output: "" };
  const packageOf = packageOfModule(contents.files.map(({ path: path4 }) => path4).toSorted(), parts);
  const about = { module: module2, measuredOn: builder.description, seconds: fastest.seconds };
  return importProfile(about, readImportTimes(fastest.output), packageOf);
}
async function unpack3({ path: path4, files }, builder) {
  const total = files.reduce((sum3, { unzippedBytes }) => sum3 + unzippedBytes, 0);
  if (total > MOST_BYTES4) {
    throw new UserError(
      { title: `${path4} is not unpacked: it has ${Math.round(total / 1e6)} MB`, hint: "Inspect it without --imports." },
      { exitCode: 2 }
    );
  }
  const temporary = await (0, import_promises55.mkdtemp)((0, import_node_path54.join)((0, import_node_os11.tmpdir)(), "wsgi-lambda-inspect-"));
  try {
    await (0, import_promises55.copyFile)(path4, (0, import_node_path54.join)(temporary, "artifact.zip"));
    await builder.put(temporary, PACKED);
  } finally {
    await (0, import_promises55.rm)(temporary, { recursive: true, force: true });
  }
  const { exitCode, stderr } = await builder.run([
    builder.python,
    ...["-I", "-S", SCRIPT3, "unpack"],
    `${PACKED}/artifact.zip`,
    UNPACKED
  ]);
  if (exitCode === 0) return;
  throw new UserError({
    title: `${path4} could not be unpacked`,
    detail: stderr.trim(),
    hint: "Make it anew, and see that there is room for it where temporary files are."
  });
}
async function importOnce(module2, environment, builder) {
  const { exitCode, stdout, stderr } = await builder.run(
    [
      builder.python,
      ...["-I", "-S", "-B", "-X", "importtime"],
      ...[`${builder.workspace}/${SCRIPT3}`, "import"],
      `${builder.workspace}/${UNPACKED}`,
      module2
    ],
    { environment: "replace", env: environment }
  );
  const [, seconds] = /(?:^|\n)(\d+\.\d+)\s*$/.exec(stdout) ?? [];
  if (exitCode === 0 && seconds !== void 0) return { seconds: Number(seconds), output: stderr };
  const [, traceback] = stderr.split(`${END_LINE}
`);
  throw new UserError({
    title: `${module2} cannot be imported, so how long that takes is not known`,
    detail: traceback?.trim() ?? `Python ended with exit code ${exitCode}.`,
    hint: "If it needs a variable, set it in environment. To see the rest: wsgi-lambda inspect without --imports."
  });
}
var import_promises55, import_node_os11, import_node_path54, PACKED, UNPACKED, TOOLS, SCRIPT3, RUNS, MOST_BYTES4;
var init_measure_imports = __esm({
  "src/artifact/inspect/measure-imports.ts"() {
    "use strict";
    import_promises55 = require("node:fs/promises");
    import_node_os11 = require("node:os");
    import_node_path54 = require("node:path");
    init_errors();
    init_import_profile();
    PACKED = "packed";
    UNPACKED = "unpacked";
    TOOLS = "tools";
    SCRIPT3 = `${TOOLS}/import_time.py`;
    RUNS = 3;
    MOST_BYTES4 = 1e9;
  }
});

// src/commands/inspect.ts
var inspect_exports = {};
__export(inspect_exports, {
  inspect: () => inspect
});
async function inspect(given, settings, { createToolchain: createToolchain2, createStore, toolsFolder }) {
  var _stack = [];
  try {
    const { contents, parts, inspected } = await inspectZip(given.artifact ?? settings.output, settings);
    const { inspection } = inspected;
    const why = given.why === void 0 ? void 0 : whyOf(given.why, inspected);
    const other = given.against === void 0 ? void 0 : await inspectZip(given.against, settings);
    const compared = other && {
      against: other.contents.path,
      ...difference(sideOf(other), sideOf({ contents, parts, inspected }))
    };
    if (!given.imports) return resultOf(inspection, why, compared);
    const module2 = given.module ?? handlerOf(contents);
    const target = measurableTarget(inspected);
    const store = __using(_stack, createStore(), true);
    const toolchain = __using(_stack, await createToolchain2(target, store), true);
    const measurement = {
      module: module2,
      environment: {
        ...LAMBDA_VARIABLES,
        ...checkVariables(settings.environment, settings.secrets),
        ...settings.checkEnvironment
      },
      toolsFolder
    };
    const imports = await measureImports(contents, parts, measurement, await toolchain.open());
    return { ...resultOf(inspection, why, compared), imports };
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    var _promise = __callDispose(_stack, _error, _hasError);
    _promise && await _promise;
  }
}
function resultOf(inspection, why, compared) {
  return { ...inspection, ...why && { why }, ...compared && { difference: compared } };
}
async function inspectZip(path4, { project, manifest, assumed }) {
  const contents = await readContents3(path4, assumed);
  const parts = partsOf2(contents);
  const present2 = new Set(parts.distributions.map(({ name }) => name));
  const direct = await directRequirements(project, manifest, present2);
  return { contents, parts, inspected: inspectContents(contents, parts, direct) };
}
function sideOf({ contents, inspected: { inspection } }) {
  return { zipBytes: contents.zipBytes, packages: inspection.packages, files: contents.files };
}
function whyOf(given, { inspection: { packages }, graph }) {
  const name = normalise(given);
  const found = packages.find((each) => each.name === name);
  if (!found) {
    throw new UserError(
      {
        title: `${given} is not in the artifact`,
        hint: suggestion(
          name,
          packages.map((each) => each.name)
        )
      },
      { exitCode: 2 }
    );
  }
  return { name, version: found.version, paths: pathsTo(name, graph) };
}
function handlerOf({ files }) {
  if (files.some(({ path: path4 }) => path4 === `${HANDLER2}.py` || path4 === `${HANDLER2}.pyc`)) return HANDLER2;
  throw new UserError(
    {
      title: `The artifact has no ${HANDLER2}.py, whose import is measured`,
      hint: "Name the module that its function is configured with: --imports --module app"
    },
    { exitCode: 2 }
  );
}
function measurableTarget({ target, inspection: { artifact } }) {
  if (target) return target;
  throw new UserError(
    {
      title: "The time of the imports cannot be measured: the Python of the artifact is not one of Lambda's",
      detail: artifact.runtime === void 0 ? "Nothing in it says which one it is for." : `It is for ${artifact.runtime}.`,
      hint: "Say which it is for, as in: --runtime python3.13"
    },
    { exitCode: 2 }
  );
}
var HANDLER2;
var init_inspect = __esm({
  "src/commands/inspect.ts"() {
    "use strict";
    init_check_environment();
    init_contents();
    init_difference();
    init_direct();
    init_graph();
    init_inspection();
    init_measure_imports();
    init_packages();
    init_errors();
    init_files();
    init_suggestion();
    HANDLER2 = "wsgi_handler";
  }
});

// src/report/table.ts
function alignedLines(rows, alignments) {
  const widths = alignments.map((_, column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map(
    (row) => alignments.map((alignment, column) => {
      const [cell = "", width = 0] = [row[column], widths[column]];
      return alignment === "left" ? cell.padEnd(width) : cell.padStart(width);
    }).join("  ").trimEnd()
  );
}
var init_table = __esm({
  "src/report/table.ts"() {
    "use strict";
  }
});

// src/commands/inspection-text.ts
var inspection_text_exports = {};
__export(inspection_text_exports, {
  inspectionText: () => inspectionText
});
function inspectionText(result, colors) {
  const { why, difference: difference2, imports } = result;
  const asked = [
    ...why ? [whyPart(why, result)] : [],
    ...difference2 ? [differencePart(difference2)] : [],
    ...imports ? [importsPart(imports)] : []
  ];
  const parts = [aboutPart(result), ...asked.length > 0 ? asked : wholePart(result)];
  return parts.map((part) => partText(part, colors)).join("\n");
}
function partText({ heading, lines: lines2 }, colors) {
  const harmless2 = (text3) => withoutCommand(inert(text3));
  const body = lines2.map(
    (line) => typeof line === "string" ? `  ${harmless2(line)}` : colors[line.paint](`  ${harmless2(line.text)}`)
  );
  return `${[colors.bold(harmless2(heading)), ...body].join("\n")}
`;
}
function aboutPart({ artifact, limits }) {
  const target = [artifact.runtime, artifact.architecture].filter(Boolean).join(" on ");
  const told = [
    target,
    artifact.app,
    artifact.builtBy === void 0 ? "not built by wsgi-lambda" : `built by wsgi-lambda ${artifact.builtBy}`
  ];
  const rows = limits.map(({ of, bytes, limitBytes }) => [
    of === "unzipped" ? "unzipped" : "zipped",
    sizeText(bytes),
    `${percent(bytes, limitBytes)} of the ${megabytes(limitBytes)} that ${of === "unzipped" ? "Lambda unpacks" : "a direct upload may have"}`
  ]);
  const lines2 = alignedLines([...rows, ["files", artifact.entries.toLocaleString("en")]], ["left", "right", "left"]);
  return {
    heading: shortPath(artifact.path),
    lines: [
      told.filter(Boolean).join(", "),
      ...lines2.map((text3, index) => {
        const limit = limits[index];
        if (!limit || limit.bytes <= limit.limitBytes) return text3;
        return { text: text3, paint: limit.of === "unzipped" ? "red" : "yellow" };
      })
    ]
  };
}
function wholePart(result) {
  return [
    packagesPart(result),
    kindsPart(result),
    bytecodePart(result),
    binariesPart(result),
    findingsPart(result)
  ].filter(({ lines: lines2 }) => lines2.length > 0);
}
function packagesPart({ packages, artifact, requirementsFrom }) {
  const asking = requirementsFrom === void 0 ? "the project" : `the project (${requirementsFrom})`;
  const rows = packages.toSorted((a, b) => b.unzippedBytes - a.unzippedBytes).map(({ name, version, zipBytes, unzippedBytes, isDirect, requiredBy }) => [
    name,
    version,
    sizeText(zipBytes),
    sizeText(unzippedBytes),
    percent(unzippedBytes, artifact.unzippedBytes),
    few([...isDirect ? [asking] : [], ...requiredBy]) || NOBODY
  ]);
  const head = ["", "version", "zipped", "unzipped", "share", "required by"];
  return {
    heading: `Packages (${packages.length})`,
    lines: tableLines(head, rows, ["left", "left", "right", "right", "right", "left"])
  };
}
function kindsPart({ kinds, artifact }) {
  const rows = kinds.map(({ kind, files, zipBytes, unzippedBytes }) => [
    kind,
    files.toLocaleString("en"),
    sizeText(zipBytes),
    sizeText(unzippedBytes),
    percent(unzippedBytes, artifact.unzippedBytes)
  ]);
  const head = ["", "files", "zipped", "unzipped", "share"];
  return { heading: "Kinds of files", lines: tableLines(head, rows, ["left", "right", "right", "right", "right"]) };
}
function bytecodePart({ bytecode }) {
  const { files, sources, loaded, withoutBytecode } = bytecode;
  if (sources === 0 && files.length === 0) return { heading: "", lines: [] };
  const byState = groupBy(files, ({ state }) => state);
  const present2 = Object.keys(STATES).filter((state) => byState.has(state));
  const rows = present2.map((state) => [
    (byState.get(state)?.length ?? 0).toLocaleString("en"),
    state,
    STATES[state].meaning,
    STATES[state].isGood ? "" : few((byState.get(state) ?? []).map(({ path: path4 }) => path4))
  ]);
  const missing2 = [
    withoutBytecode.length.toLocaleString("en"),
    "without",
    "compiled at each start",
    few(withoutBytecode)
  ];
  const lines2 = alignedLines(withoutBytecode.length > 0 ? [...rows, missing2] : rows, ["right", "left", "left", "left"]);
  return {
    heading: `Bytecode (${loaded.toLocaleString("en")} of ${sources.toLocaleString("en")} sources load without being compiled)`,
    lines: lines2.map((text3, index) => {
      const state = present2[index];
      return state && STATES[state].isGood ? text3 : { text: text3, paint: "yellow" };
    })
  };
}
function binariesPart({ binaries }) {
  const shown = binaries.toSorted((a, b) => Number(b.problem !== void 0) - Number(a.problem !== void 0));
  const rows = shown.slice(0, MOST_LINES2).map(({ path: path4, machine, glibc, needed, problem }) => [path4, machine, glibc ?? "–", problem ?? few(needed, 6)]);
  const head = ["", "for", "glibc", "needs"];
  const [first, ...lines2] = tableLines(head, rows, ["left", "left", "right", "left"]);
  return {
    heading: `Binaries (${binaries.length})`,
    lines: [
      ...first === void 0 ? [] : [first],
      ...lines2.map(
        (line, index) => typeof line === "string" && shown[index]?.problem !== void 0 ? { text: line, paint: "yellow" } : line
      ),
      ...remainder(binaries.length)
    ]
  };
}
function findingsPart({ findings: findings2 }) {
  return {
    heading: "What cannot be loaded",
    lines: findings2.flatMap(({ severity, title, detail = "", hint = "" }) => [
      { text: title, paint: severity === "error" ? "red" : "yellow" },
      ...[...linesOf2(detail), ...linesOf2(hint)].map((line) => `  ${line}`)
    ])
  };
}
function whyPart({ name, version, paths }, { requirementsFrom, packages }) {
  const start = requirementsFrom ?? "the project";
  const direct = new Set(packages.filter(({ isDirect }) => isDirect).map((each) => each.name));
  const inWords2 = (path4) => {
    const isNamed = direct.has(path4[0]?.replace(/\[.*/, "") ?? "");
    return isNamed ? [start, ...path4].join(" → ") : `${path4.join(" → ")} (${start} does not name ${path4[0] ?? ""})`;
  };
  return { heading: `Why ${name} ${version} is there`, lines: paths.map(inWords2) };
}
function differencePart(difference2) {
  const { against, zipBytes, unzippedBytes, packages, files } = difference2;
  const rows = packages.map((change) => [
    change.name,
    change.before ?? "–",
    change.after ?? "–",
    signedSize(change.zipBytes),
    signedSize(change.unzippedBytes)
  ]);
  const total = ["in all", "", "", signedSize(zipBytes), signedSize(unzippedBytes)];
  const head = ["", "before", "after", "zipped", "unzipped"];
  const paths = [
    ...files.added.map((path4) => `+ ${path4}`),
    ...files.removed.map((path4) => `- ${path4}`),
    ...files.changed.map((path4) => `~ ${path4}`)
  ];
  const { added, removed, changed } = files;
  return {
    heading: `Compared with ${shortPath(against)}`,
    lines: [
      ...tableLines(head, [...rows, total], ["left", "left", "left", "right", "right"]),
      `files: ${added.length} added, ${removed.length} removed, ${changed.length} changed`,
      ...paths.slice(0, MOST_LINES2),
      ...remainder(paths.length)
    ]
  };
}
function importsPart({ module: module2, measuredOn, seconds, modules, packages }) {
  const byPackage = packages.map((each) => [
    each.package,
    String(each.modules),
    milliseconds(each.selfSeconds),
    milliseconds(each.cumulativeSeconds)
  ]);
  const slowest = modules.toSorted((a, b) => b.selfSeconds - a.selfSeconds).slice(0, MOST_LINES2);
  const byModule = slowest.map((each) => [
    each.name,
    each.package,
    milliseconds(each.selfSeconds),
    milliseconds(each.cumulativeSeconds)
  ]);
  const times = ["own", "with imports"];
  return {
    heading: `Import of ${module2}: ${milliseconds(seconds)} (${measuredOn})`,
    lines: [
      ...tableLines(["package", "modules", ...times], byPackage, ["left", "right", "right", "right"]),
      "",
      ...tableLines(["module", "package", ...times], byModule, ["left", "left", "right", "right"]),
      ...remainder(modules.length)
    ]
  };
}
function tableLines(head, rows, alignments) {
  if (rows.length === 0) return [];
  const [first = "", ...rest] = alignedLines([head, ...rows], alignments);
  return [{ text: first, paint: "dim" }, ...rest];
}
function remainder(count) {
  return count > MOST_LINES2 ? [{ text: `… and ${count - MOST_LINES2} more: --json has all`, paint: "dim" }] : [];
}
function shortPath(path4) {
  const short = (0, import_node_path55.relative)("", path4);
  return short.startsWith("..") ? path4 : short;
}
function few(names, most = 3) {
  const shown = names.slice(0, most).join(", ");
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}
function sizeText(bytes) {
  return Math.abs(bytes) < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : megabytes(bytes);
}
function signedSize(bytes) {
  return bytes === 0 ? "0" : `${bytes > 0 ? "+" : ""}${sizeText(bytes)}`;
}
function percent(part, whole) {
  return whole === 0 ? "–" : `${Math.round(100 * part / whole)} %`;
}
function milliseconds(seconds) {
  return `${(seconds * 1e3).toFixed(1)} ms`;
}
var import_node_path55, MOST_LINES2, NOBODY, STATES;
var init_inspection_text = __esm({
  "src/commands/inspection-text.ts"() {
    "use strict";
    import_node_path55 = require("node:path");
    init_group();
    init_inert();
    init_size();
    init_table();
    MOST_LINES2 = 20;
    NOBODY = "nobody";
    STATES = {
      unchecked: { meaning: "loaded at once", isGood: true },
      checked: { meaning: "loaded, after the source was read and hashed", isGood: true },
      timestamp: { meaning: "loaded, as long as the source keeps its date", isGood: true },
      sourceless: { meaning: "loaded in place of a source", isGood: true },
      stale: { meaning: "not loaded: the source is compiled at each start", isGood: false },
      differs: { meaning: "loaded, although the source says something else", isGood: false },
      "other-python": { meaning: "not loaded: made by another version of Python", isGood: false },
      unused: { meaning: "never looked at", isGood: false },
      damaged: { meaning: "not loaded: damaged", isGood: false }
    };
  }
});

// src/commands/remote.ts
var remote_exports = {};
__export(remote_exports, {
  remote: () => remote
});
async function remote(given, qualifier, settings, collaborators) {
  const { lambda, report } = collaborators;
  const command = await commandOf(given, collaborators);
  const target = qualifier ?? settings.alias;
  const version = await lambda.getVersion(settings.functionName, target).catch((error) => {
    throw unknownResult(error);
  });
  if (!version) {
    throw new UserError(
      {
        title: `${settings.functionName}:${target} does not exist`,
        hint: "Deploy it first, or check function-name, --qualifier and the region."
      },
      { exitCode: UNKNOWN_RESULT }
    );
  }
  const where = { functionName: settings.functionName, qualifier: target, timeoutSeconds: version.timeout };
  const outcome = await runRemoteCommand(command, where, lambda);
  for (const remark of remarksOn(command, outcome)) report.warning(remark);
  return outcome;
}
async function commandOf(given, collaborators) {
  const { file, environment, sendsInput } = given;
  const command = await programOf(given, collaborators);
  if (sendsInput && file === "-") throw wrong("-f - and -i both read standard input", "Name a file, or leave out -i.");
  return {
    ...command,
    environment: environment.length > 0 ? variablesOf2(environment, collaborators.variables) : void 0,
    stdin: sendsInput ? await collaborators.readInput() : void 0
  };
}
async function programOf({ kind, text: text3, file, arguments: passed }, { readInput }) {
  if (text3 !== void 0 && file !== void 0) throw wrong(`${kind} takes -c or -f, not both`);
  switch (kind) {
    case "manage":
    case "flask":
      if (file !== void 0) throw wrong(`${kind} takes no file`, `Give its arguments, as in: ${kind} --help`);
      if (text3 === void 0) return { kind, data: quoteAll(passed), arguments: passed };
      if (passed.length > 0) throw wrong(`${kind} takes -c or arguments, not both`);
      return { kind, data: text3 };
    case "exec":
      if (file !== void 0) return { kind, data: await readCode(file, readInput), file, arguments: passed };
      if (text3 === void 0) throw wrong("exec needs -c CODE or -f FILE", "As in: exec -c 'print(1 + 1)'");
      return { kind, data: text3, arguments: passed };
    case "shell":
      if (file !== void 0) {
        return { kind: "command", data: await readCode(file, readInput), file, arguments: passed };
      }
      if (text3 === void 0 && passed.length === 0) throw wrong("shell needs a command", "As in: shell ls -l");
      if (text3 === void 0) return { kind: "command", data: quoteAll(passed), arguments: passed };
      if (passed.length > 0) throw wrong("shell takes -c or arguments, not both", "As in: shell -c 'ls | wc -l'");
      return { kind: "command", data: text3 };
  }
}
function variablesOf2(given, variables) {
  return Object.fromEntries(
    given.map((line) => {
      const [, name = "", , value] = /^([^=]+)(=([^]*))?$/.exec(line) ?? [];
      if (name === "") throw wrong("--env needs the name of a variable", "As in: --env NAME=VALUE");
      const taken2 = value ?? (Object.hasOwn(variables, name) ? variables[name] : void 0);
      if (taken2 !== void 0) return [name, taken2];
      throw wrong(`--env ${name} has no value`, `Write ${name}=VALUE, or set ${name} here.`);
    })
  );
}
async function readCode(file, readInput) {
  const bytes = await (file === "-" ? readInput() : (0, import_promises56.readFile)(file)).catch((error) => {
    throw wrong(`The file ${file} cannot be read`, error instanceof Error ? error.message : void 0);
  });
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw wrong(`The file ${file} is not UTF-8`, "Save it so.");
  }
}
function wrong(title, hint) {
  return new UserError({ title, hint }, { exitCode: 2 });
}
var import_promises56;
var init_remote = __esm({
  "src/commands/remote.ts"() {
    "use strict";
    import_promises56 = require("node:fs/promises");
    init_errors();
    init_command();
    init_protocol();
  }
});

// src/cli-run.ts
var cli_run_exports = {};
__export(cli_run_exports, {
  run: () => run2
});
module.exports = __toCommonJS(cli_run_exports);
var import_node_buffer = require("node:buffer");
var import_node_os12 = require("node:os");
var import_node_path56 = require("node:path");
var import_consumers = require("node:stream/consumers");
var import_promises57 = require("node:timers/promises");
var import_node_url2 = require("node:url");
var import_picocolors = __toESM(require_picocolors(), 1);

// src/builder/choose.ts
var import_node_path13 = require("node:path");
init_errors();

// src/builder/docker-handed.ts
var import_promises = require("node:fs/promises");
var import_node_os = require("node:os");
var import_node_path = require("node:path");
init_errors();
async function readSecrets(secrets, { environment, project }) {
  const read = /* @__PURE__ */ new Map();
  const missing2 = [];
  for (const [id, source2] of Object.entries(secrets)) {
    const content = await contentOf(source2, environment, project);
    if (content === void 0) missing2.push(`${id} (${source2})`);
    else read.set(id, content);
  }
  if (missing2.length === 0) return read;
  throw new UserError(
    {
      title: `docker-secrets: ${missing2.join(", ")} ${missing2.length === 1 ? "is" : "are"} not there`,
      hint: "Set the variable, or correct the path: ID=env:VARIABLE or ID=file:PATH."
    },
    { exitCode: 2 }
  );
}
async function contentOf(source2, environment, project) {
  if (source2.startsWith("env:")) {
    const value = environment[source2.slice("env:".length)];
    return value === void 0 ? void 0 : Buffer.from(value);
  }
  const path4 = source2.slice("file:".length).replace(/^~(?=\/)/, (0, import_node_os.homedir)());
  return await (0, import_promises.readFile)((0, import_node_path.resolve)(project, path4)).catch(() => void 0);
}
async function findSshAgent(environment, toolsFolder) {
  const socket = environment["SSH_AUTH_SOCK"];
  if (socket === void 0 || socket === "") throw new UserError(NO_AGENT, { exitCode: 2 });
  const files = [(0, import_node_path.join)((0, import_node_os.homedir)(), ".ssh", "known_hosts"), "/etc/ssh/ssh_known_hosts"];
  const known = await Promise.all(files.map((file) => (0, import_promises.readFile)(file).catch(() => Buffer.alloc(0))));
  return {
    socket,
    knownHosts: Buffer.concat(known),
    relay: await (0, import_promises.readFile)((0, import_node_path.join)(toolsFolder, "relay_agent.py"))
  };
}
var NO_AGENT = {
  title: "docker-ssh is set, and no SSH agent runs",
  detail: "SSH_AUTH_SOCK is not set.",
  hint: 'Start one and add the key: eval "$(ssh-agent)"; ssh-add KEY. In a workflow, an action such as webfactory/ssh-agent does both.'
};

// src/builder/host.ts
var import_node_fs2 = require("node:fs");
var import_promises5 = require("node:fs/promises");
var import_node_os2 = require("node:os");
var import_node_path4 = require("node:path");
var import_node_util = require("node:util");
init_errors();
init_runtimes();
init_records();

// src/builder/executable.ts
var import_promises3 = require("node:fs/promises");
var import_node_path2 = require("node:path");
async function findExecutable(command, environment) {
  const folders = (environment["PATH"] ?? "").split(import_node_path2.delimiter).filter((folder) => folder !== "");
  const candidates = /[\\/]/.test(command) ? [(0, import_node_path2.resolve)(command)] : folders.map((folder) => (0, import_node_path2.join)(folder, command));
  for (const candidate of candidates) {
    const found = await (0, import_promises3.stat)(candidate).catch(() => void 0);
    if (found?.isFile() !== true || (found.mode & 73) === 0) continue;
    return { path: await (0, import_promises3.realpath)(candidate), bytes: found.size, modified: found.mtimeMs };
  }
  return void 0;
}

// src/builder/uv.ts
var import_node_fs = require("node:fs");
var import_promises4 = require("node:fs/promises");
var import_node_path3 = require("node:path");
var import_pep440 = __toESM(require_pep440(), 1);
init_errors();
var OLDEST_UV = "0.8.0";
var UV_VERSION = "0.13.9";
async function installedUv(cacheFolder, run3) {
  const installed = await versionOf("uv", run3);
  if (installed !== void 0 && (0, import_pep440.compare)(installed, OLDEST_UV) >= 0) return "uv";
  const own = (0, import_node_path3.join)(ownFolder(cacheFolder), "bin", "uv");
  return (0, import_node_fs.existsSync)(own) ? own : void 0;
}
function ownFolder(cacheFolder) {
  return (0, import_node_path3.join)(cacheFolder, `uv-${UV_VERSION}`);
}
async function findUv({
  python,
  cacheFolder,
  toolsFolder,
  report
}, run3) {
  const installed = await installedUv(cacheFolder, run3);
  if (installed !== void 0) return installed;
  const folder = ownFolder(cacheFolder);
  const own = (0, import_node_path3.join)(folder, "bin", "uv");
  report.info(`uv ${UV_VERSION}: installed for this program only, into its cache`);
  await (0, import_promises4.mkdir)(cacheFolder, { recursive: true });
  const temporary = await (0, import_promises4.mkdtemp)((0, import_node_path3.join)(cacheFolder, "uv-"));
  const pip = [
    python,
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "--no-deps",
    "--only-binary",
    ":all:"
  ];
  const { exitCode, stderr } = await run3([
    ...pip,
    "--target",
    temporary,
    "--require-hashes",
    "-r",
    (0, import_node_path3.join)(toolsFolder, "uv.txt")
  ]);
  if (exitCode !== 0) {
    await (0, import_promises4.rm)(temporary, { recursive: true, force: true });
    throw new UserError({
      title: "uv, which resolves and installs the requirements, could not be installed",
      detail: stderr.trim(),
      hint: "Install uv yourself and put it on PATH; or, when the index needs it, set ca-file or PIP_INDEX_URL."
    });
  }
  await (0, import_promises4.rename)(temporary, folder).catch(async (error) => {
    await (0, import_promises4.rm)(temporary, { recursive: true, force: true });
    if (!(0, import_node_fs.existsSync)(own)) throw error;
  });
  return own;
}
async function versionOf(uv, run3) {
  try {
    const { exitCode, stdout } = await run3([uv, "--version"]);
    return exitCode === 0 ? /^uv (\d+\.\d+\.\d+)/.exec(stdout)?.[1] : void 0;
  } catch {
    return void 0;
  }
}

// src/builder/host.ts
async function createHostToolchain(target, options, { store, ...collaborators }) {
  const { env, run: run3 } = surroundings(options, collaborators.run);
  const interpreter = await rememberedInterpreter(target, options, { store, run: run3 });
  let opened;
  return {
    ...factsOf(interpreter, target),
    open: () => opened ??= openBuilder(interpreter, target, { ...options, env, ...collaborators }),
    [Symbol.asyncDispose]: async () => {
      const builder = await opened?.catch(() => void 0);
      await builder?.close();
    }
  };
}
function surroundings(options, run3) {
  const env = { ...options.environment, ...certificates(options.caFile), UV_PYTHON_DOWNLOADS: "never" };
  return { env, run: (command) => run3(command, { cwd: options.toolsFolder, env }) };
}
function factsOf({ version, path: path4, platform }, target) {
  return {
    kind: "host",
    description: `host (Python ${version}, ${path4})`,
    identity: `host ${platform}`,
    target,
    pythonVersion: version,
    compilesFor: false,
    canImport: platform === `linux-${target.architecture === "arm64" ? "aarch64" : "x86_64"}`
  };
}
async function openBuilder(interpreter, target, options) {
  const { env, run: run3, report, cacheFolder, toolsFolder } = options;
  const folder = await (0, import_promises5.mkdtemp)((0, import_node_path4.join)((0, import_node_os2.tmpdir)(), "wsgi-lambda-build-"));
  const workspace = await fencedWorkspace(folder);
  const close = () => (0, import_promises5.rm)(folder, { recursive: true, force: true });
  let uv;
  const runInTools = (command) => run3(command, { cwd: toolsFolder, env });
  return {
    ...factsOf(interpreter, target),
    workspace,
    python: interpreter.path,
    uv: () => uv ??= findUv({ python: interpreter.path, cacheFolder, toolsFolder, report }, runInTools),
    uvIfThere: async () => await (uv ?? installedUv(cacheFolder, runInTools)),
    processors: (0, import_node_os2.availableParallelism)(),
    put: (localFolder, path4) => (0, import_promises5.cp)(localFolder, (0, import_node_path4.join)(workspace, path4), { recursive: true, mode: COPY_ON_WRITE }),
    take: (path4) => Promise.resolve((0, import_node_path4.join)(workspace, path4)),
    run: async (command, { cwd = workspace, env: added = {}, environment = "inherit", onLine } = {}) => {
      options.signal.throwIfAborted();
      const whole = environment === "replace" ? { ...added } : { ...env, ...added };
      const completed = await run3(command, { cwd, env: whole, onLine });
      options.signal.throwIfAborted();
      return completed;
    },
    close,
    [Symbol.asyncDispose]: close
  };
}
async function rememberedInterpreter(target, { pythonBin, environment }, { store, run: run3 }) {
  const found = await findExecutable(pythonBin ?? target.runtime, environment);
  if (found === void 0) return await findInterpreter(target, pythonBin, run3);
  const choice = ["PYENV_VERSION", "PYENV_ROOT", "ASDF_PYTHON_VERSION"].map((name) => environment[name] ?? "");
  const key = keyOf("interpreter", found, choice, target.pythonMinor);
  const kept = await readRecord(store, "toolchains", key);
  if (kept && (0, import_node_util.isDeepStrictEqual)(await findExecutable(kept.behind.path, environment), kept.behind))
    return kept.interpreter;
  const interpreter = await findInterpreter(target, pythonBin, run3);
  const behind2 = await findExecutable(interpreter.path, environment);
  if (behind2) await writeRecord(store, "toolchains", key, { interpreter, behind: behind2 });
  return interpreter;
}
async function fencedWorkspace(folder) {
  const workspace = (0, import_node_path4.join)(folder, "workspace");
  await (0, import_promises5.mkdir)(workspace);
  await (0, import_promises5.writeFile)((0, import_node_path4.join)(folder, "pyproject.toml"), "[tool.uv.workspace]\nmembers = []\n");
  return workspace;
}
var COPY_ON_WRITE = 2;
function certificates(caFile) {
  if (caFile === void 0) return {};
  const path4 = (0, import_node_path4.resolve)(caFile);
  if (!(0, import_node_fs2.existsSync)(path4))
    throw new UserError({ title: `ca-file: ${caFile} cannot be read`, hint: "Name a file in PEM format." });
  return { SSL_CERT_FILE: path4, PIP_CERT: path4, REQUESTS_CA_BUNDLE: path4 };
}
var DESCRIBE_PYTHON = [
  "import json, platform, sys",
  'print(json.dumps([sys.executable, platform.python_version(), "%d.%d" % sys.version_info[:2], sys.platform + "-" + platform.machine()]))'
].join("\n");
async function findInterpreter(target, pythonBin, run3) {
  const wanted = pythonBin ?? target.runtime;
  const interpreter = await describeInterpreter(/[\\/]/.test(wanted) ? (0, import_node_path4.resolve)(wanted) : wanted, run3);
  if (interpreter?.minor === target.pythonMinor) return interpreter;
  const found = interpreter ?? await describeInterpreter("python3", run3);
  const available = RUNTIME_NAMES.find((name) => name === `python${found?.minor ?? ""}`);
  throw new UserError({
    title: `The host builder needs Python ${target.pythonMinor} for ${target.runtime}`,
    detail: [
      interpreter ? `${wanted} is Python ${interpreter.version}.` : `${wanted} was not found, or does not run.`,
      found && !interpreter ? `python3 is Python ${found.version} (${found.path}).` : ""
    ].join(" ").trim(),
    hint: `Install Python ${target.pythonMinor}, name it with python-bin, use builder: docker${available ? `, or set runtime: ${available}` : ""}.`
  });
}
async function describeInterpreter(command, run3) {
  try {
    const { exitCode, stdout } = await run3([command, "-c", DESCRIBE_PYTHON]);
    if (exitCode !== 0) return void 0;
    const [path4, version, minor, platform] = JSON.parse(stdout);
    return { path: path4, version, minor, platform };
  } catch {
    return void 0;
  }
}

// src/builder/index-settings.ts
function withUvIndexes(environment) {
  const { PIP_INDEX_URL: main, PIP_EXTRA_INDEX_URL: extra } = environment;
  return {
    ...main === void 0 || hasAny(environment, ["UV_INDEX_URL", "UV_DEFAULT_INDEX"]) ? {} : { UV_DEFAULT_INDEX: main },
    ...extra === void 0 || hasAny(environment, ["UV_EXTRA_INDEX_URL", "UV_INDEX"]) ? {} : { UV_INDEX: extra },
    ...environment
  };
}
function hasAny(environment, names) {
  return names.some((name) => environment[name] !== void 0);
}

// src/builder/choose.ts
init_pip_files();
async function createToolchain(target, settings, surroundings2) {
  const { report, signal } = surroundings2;
  if (settings.dockerfile !== void 0 && settings.baseImage !== void 0)
    throw new UserError(
      { title: "base-image and dockerfile are both set", hint: "Name the base in the dockerfile: FROM IMAGE." },
      { exitCode: 2 }
    );
  const environment = withUvIndexes(await withPipFiles(surroundings2.environment));
  const caFile = settings.caFile ?? (environment["SSL_CERT_FILE"] || void 0);
  if (settings.builder === "host") return await onHost(target, settings, { ...surroundings2, environment }, caFile);
  const { findEngine: findEngine2 } = await Promise.resolve().then(() => (init_docker_engine(), docker_engine_exports));
  const engine = await findEngine2();
  if ("unreachable" in engine) {
    if (settings.builder === "docker") throw new UserError(engine.unreachable);
    refuseImageSettings(settings, engine.unreachable.title);
    report.info("no container engine answers, so the host builder is used (published wheels only)");
    return await onHost(target, settings, { ...surroundings2, environment }, caFile);
  }
  const { toolsFolder, labels } = surroundings2;
  const options = {
    baseImage: settings.baseImage,
    systemPackages: settings.systemPackages,
    environment,
    caFile,
    toolsFolder,
    labels,
    signal,
    ...await handedOver(settings, { ...surroundings2, environment })
  };
  const { createDockerToolchain: createDockerToolchain2 } = await Promise.resolve().then(() => (init_docker(), docker_exports));
  return await createDockerToolchain2(target, options, { report, store: surroundings2.store });
}
async function handedOver({ dockerfile, dockerBuildArgs, dockerEnv, dockerSecrets, dockerSsh, project }, { environment, toolsFolder, run: run3 }) {
  const secrets = await readSecrets(dockerSecrets, { environment, project });
  const sshAgent = dockerSsh ? await findSshAgent(environment, toolsFolder) : void 0;
  const made = dockerfile !== void 0 && {
    dockerfile: {
      file: (0, import_node_path13.resolve)(project, dockerfile),
      buildArgs: dockerBuildArgs,
      secrets,
      isWithSsh: dockerSsh,
      run: run3,
      environment
    }
  };
  return { variables: dockerEnv, secrets, sshAgent, ...made };
}
async function onHost(target, settings, { run: run3, report, store, environment, cacheFolder, toolsFolder, signal }, caFile) {
  refuseImageSettings(settings, "The builder is host", settings.builder === "host" ? 2 : 1);
  return await createHostToolchain(
    target,
    { pythonBin: settings.pythonBin, caFile, environment, cacheFolder, toolsFolder, signal },
    { run: run3, report, store }
  );
}
function refuseImageSettings(settings, reason, exitCode = 1) {
  const given = IMAGE_ONLY.filter(([, isGiven]) => isGiven(settings)).map(([name]) => name);
  if (given.length === 0) return;
  throw new UserError(
    {
      title: `${given.join(", ")} ${given.length === 1 ? "needs" : "need"} the docker builder`,
      detail: reason,
      hint: `Start a container engine and use builder: docker, or remove the setting${given.length === 1 ? "" : "s"}.`
    },
    { exitCode }
  );
}
var IMAGE_ONLY = [
  ["base-image", ({ baseImage }) => baseImage !== void 0],
  ["dockerfile", ({ dockerfile }) => dockerfile !== void 0],
  ["system-packages", ({ systemPackages }) => systemPackages.length > 0],
  ["docker-env", ({ dockerEnv }) => Object.keys(dockerEnv).length > 0],
  ["strip", ({ strip }) => strip],
  ["docker-secrets", ({ dockerSecrets }) => Object.keys(dockerSecrets).length > 0],
  ["docker-extra-files", ({ dockerExtraFiles }) => dockerExtraFiles.length > 0]
];

// src/builder/process.ts
init_docker_lines();
var runProcess = async ([program = "", ...args], { cwd, env, onLine }) => {
  const { exec: exec2 } = await Promise.resolve().then(() => (init_exec(), exec_exports));
  const stdout = collectLines(onLine);
  const stderr = collectLines(onLine);
  const exitCode = await exec2(`"${program}"`, [...args], {
    cwd,
    env: { ...env },
    silent: true,
    ignoreReturnCode: true,
    input: NO_INPUT,
    // Its own lines leave out the last one when it has no end, and cut characters that come in two pieces.
    listeners: { stdout: (chunk) => stdout.stream.write(chunk), stderr: (chunk) => stderr.stream.write(chunk) }
  });
  return { exitCode: exitCode ?? ENDED_BY_A_SIGNAL, stdout: stdout.end(), stderr: stderr.end() };
};
var ENDED_BY_A_SIGNAL = -1;
var NO_INPUT = (() => void 0);

// src/cli-run.ts
init_build2();
init_command();
init_protocol();

// src/report/console.ts
init_inert();

// src/report/problem.ts
init_errors();
function explanation({ detail, hint }) {
  return [...detail === void 0 || detail === "" ? [] : detail.split("\n"), ...hint === void 0 ? [] : [hint]];
}
var SYSTEM_ADVICE = {
  ENOSPC: { title: "The disk is full", hint: "Make room, or choose another place with output, store or TMPDIR." },
  EDQUOT: {
    title: "The disk quota is used up",
    hint: "Make room, or choose another place with output, store or TMPDIR."
  },
  EROFS: { title: "The file system is read-only", hint: "Choose another place with output, store or TMPDIR." },
  ENOTDIR: { title: "A part of the path is a file, not a folder", hint: "Check output and store." },
  EEXIST: { title: "A part of the path is a file, not a folder", hint: "Check output and store." },
  EACCES: {
    title: "A file or folder may not be accessed",
    hint: "Check its permissions, or choose another place with output, store or TMPDIR."
  },
  EPERM: {
    title: "A file or folder belongs to somebody else",
    hint: "Check its owner, or choose another place with output, store or TMPDIR."
  },
  EISDIR: { title: "A folder stands where a file is needed", hint: "Check output: it names the zip, not its folder." },
  ENFILE: { title: "Too many files are open on this machine", hint: "End what has them open and run again." },
  EMFILE: { title: "Too many files are open", hint: "Raise the limit (ulimit -n) and run again." }
};
function problemsOf(error) {
  if (error instanceof SeveralErrors) return { problems: error.problems, exitCode: error.exitCode, stack: void 0 };
  if (error instanceof UserError) return { problems: [error], exitCode: error.exitCode, stack: void 0 };
  const message = error instanceof Error ? error.message : String(error);
  const advice = systemAdvice(error);
  if (advice !== void 0) return { problems: [{ ...advice, detail: message }], exitCode: 1, stack: void 0 };
  return {
    problems: [
      {
        title: `This is a defect of wsgi-lambda: ${message}`,
        hint: "Please report it with what you ran: https://github.com/OWNER/wsgi-lambda/issues (--verbose shows the stack)."
      }
    ],
    exitCode: 1,
    stack: error instanceof Error ? error.stack : void 0
  };
}
function systemAdvice(error) {
  if (error?.code === "ENOENT" && error.syscall === "mkdtemp")
    return { title: "The folder for temporary files is not there", hint: "Make it, or set TMPDIR to one that is." };
  return SYSTEM_ADVICE[error?.code ?? ""];
}

// src/report/console.ts
var CLEAR_LINE = "\r\x1B[2K";
function consoleReporter({ write, isTerminal, verbosity, colors, clock }) {
  const isQuiet = verbosity === "quiet";
  let live = "";
  const clear = () => {
    if (live !== "") write(CLEAR_LINE);
    live = "";
  };
  const print = (line) => {
    clear();
    write(`${line}
`);
  };
  const show2 = (mark, paint, problem) => {
    print(paint(`${mark} ${harmless(problem.title)}`));
    for (const line of explanation(problem).flatMap(linesOf2)) print(`  ${harmless(line)}`);
  };
  return {
    phase: async (title, work) => {
      const started = clock();
      if (!isQuiet) print(colors.bold(`▸ ${harmless(title)}`));
      try {
        const result = await work();
        if (!isQuiet) print(colors.dim(`  ${((clock() - started) / 1e3).toFixed(1)} s`));
        return result;
      } finally {
        clear();
      }
    },
    info: (line) => {
      if (!isQuiet) print(`  ${harmless(line)}`);
    },
    debug: (line) => {
      if (verbosity === "verbose") print(colors.dim(`  ${harmless(line)}`));
    },
    notice: (problem) => {
      if (!isQuiet) show2("i", colors.cyan, problem);
    },
    warning: (problem) => {
      show2("!", colors.yellow, problem);
    },
    output: (line) => {
      if (!isQuiet) print(`  ${colors.dim("│")} ${harmless(line)}`);
    },
    progress: (text3) => {
      if (!isTerminal || isQuiet) return;
      clear();
      live = text3;
      write(colors.dim(`  … ${harmless(text3)}`));
    }
  };
}
var harmless = (line) => withoutCommand(inert(line));
function formatProblems(problems, colors) {
  const formatted = problems.map((problem) => {
    const lines2 = explanation(problem).flatMap(linesOf2).map((line) => `  ${harmless(line)}
`);
    return `${colors.red("✖")} ${colors.bold(harmless(problem.title))}
${lines2.join("")}`;
  });
  return formatted.join("\n");
}

// src/cli-run.ts
init_inert();

// src/settings/environment.ts
function definedVariables(variables) {
  return Object.fromEntries(
    Object.entries(variables).filter((entry) => entry[1] !== void 0)
  );
}

// src/settings/settings.ts
var import_promises48 = require("node:fs/promises");
var import_node_path47 = require("node:path");
init_errors();
init_runtimes();

// src/settings/discovery.ts
var import_promises47 = require("node:fs/promises");
var import_node_path44 = require("node:path");
init_pyproject();
var FLASK_FILES = ["app.py", "wsgi.py", "api.py", "main.py", "application.py"];
async function findApplication(projectFolder) {
  return await findDjango(projectFolder) ?? await findCallable(projectFolder);
}
async function findDjango(projectFolder) {
  const manage = await readIfPresent((0, import_node_path44.join)(projectFolder, "manage.py"));
  const settingsModule = manage?.match(/DJANGO_SETTINGS_MODULE['"](?:\s*,|\]\s*=)\s*['"]([\w.]+)['"]/)?.[1];
  if (settingsModule === void 0) return void 0;
  for (const module2 of withParentPackages(settingsModule)) {
    const found = await wsgiApplicationOf(projectFolder, module2);
    if (found) return found;
  }
  const guess = `${settingsModule.split(".")[0] ?? settingsModule}.wsgi`;
  const hasModule = await readIfPresent((0, import_node_path44.join)(projectFolder, `${guess.replaceAll(".", "/")}.py`)) !== void 0;
  return hasModule ? { app: `${guess}:application`, from: `manage.py → ${guess}` } : void 0;
}
async function wsgiApplicationOf(projectFolder, module2) {
  const path4 = module2.replaceAll(".", "/");
  for (const file of [`${path4}.py`, `${path4}/__init__.py`, `${path4}/base.py`]) {
    const source2 = await readIfPresent((0, import_node_path44.join)(projectFolder, file));
    const dotted = source2?.match(/^WSGI_APPLICATION\s*(?::[^=\n]+)?=\s*['"]([\w.]+)\.(\w+)['"]/m);
    if (dotted) return { app: `${dotted[1] ?? ""}:${dotted[2] ?? ""}`, from: `manage.py → WSGI_APPLICATION in ${file}` };
  }
  return void 0;
}
function withParentPackages(module2) {
  const parts = module2.split(".");
  return parts.map((_, index) => parts.slice(0, parts.length - index).join("."));
}
async function findCallable(projectFolder) {
  for (const file of FLASK_FILES) {
    const source2 = await readIfPresent((0, import_node_path44.join)(projectFolder, file));
    if (source2 === void 0) continue;
    const attribute = callableIn(source2);
    if (attribute !== void 0) return { app: `${file.slice(0, -".py".length)}:${attribute}`, from: file };
  }
  return await findPackage(projectFolder);
}
async function findPackage(projectFolder) {
  const children = await (0, import_promises47.readdir)(projectFolder, { withFileTypes: true });
  const packages = children.filter((child2) => child2.isDirectory() && /^[A-Za-z_]\w*$/.test(child2.name));
  const found = await Promise.all(
    packages.map(async ({ name }) => {
      const file = `${name}/__init__.py`;
      const attribute = callableIn(await readIfPresent((0, import_node_path44.join)(projectFolder, file)) ?? "");
      return attribute === void 0 ? [] : [{ app: `${name}:${attribute}`, from: file }];
    })
  );
  const [first, ...others] = found.flat();
  return others.length === 0 ? first : void 0;
}
function callableIn(source2) {
  for (const name of ["app", "application"]) {
    const assigned = new RegExp(
      `^${name}\\s*(?::[^=\\n]+)?=(?!=)|^def ${name}\\(|^from .+ import (?:.*[\\s,(])?${name}\\b(?! +as )`,
      "m"
    );
    if (assigned.test(source2)) return name;
  }
  const factory = source2.match(/^def (create_app|make_app)\(/m)?.[1];
  return factory === void 0 ? void 0 : `${factory}()`;
}

// src/settings/manifest.ts
var import_node_fs17 = require("node:fs");
var import_node_path45 = require("node:path");
var KINDS2 = [
  "uv.lock",
  "poetry.lock",
  "pdm.lock",
  "pylock.toml",
  "Pipfile.lock",
  "requirements",
  "pyproject.toml"
];
var REQUIREMENTS = "requirements.txt";
function findManifest(projectFolder, given, pyproject) {
  const has2 = (path4) => (0, import_node_fs17.existsSync)((0, import_node_path45.join)(projectFolder, path4));
  if (given !== void 0) return has2(given) ? manifestAt(given.replaceAll("\\", "/")) : { problem: missing(given) };
  const own = KINDS2.map((kind) => kind === "requirements" ? REQUIREMENTS : kind).find(
    (path4) => has2(path4) && (path4 !== "pyproject.toml" || pyproject.hasDependencies)
  );
  if (own !== void 0 && own !== "pyproject.toml") return manifestAt(own);
  const above = typeof pyproject.project["name"] === "string" ? workspaceLock(projectFolder) : void 0;
  if (above !== void 0) return manifestAt(above);
  if (own !== void 0) return manifestAt(own);
  return {
    problem: {
      title: "No manifest was found: there is no lock, no requirements.txt, and no dependencies in pyproject.toml",
      hint: has2("Pipfile") ? "Lock the Pipfile with: pipenv lock" : "Write a requirements.txt (an empty one if the application needs nothing), or set requirements to its path."
    }
  };
}
function manifestAt(path4) {
  const name = path4.slice(path4.lastIndexOf("/") + 1);
  if (/^pylock\.[^.]+\.toml$/.test(name)) return { kind: "pylock.toml", path: path4 };
  return { kind: KINDS2.find((kind) => name === kind) ?? "requirements", path: path4 };
}
function missing(given) {
  return {
    title: `The manifest ${JSON.stringify(given)} does not exist`,
    hint: "Set requirements to a path relative to the project."
  };
}
function workspaceLock(projectFolder) {
  for (let up = "..", folder = projectFolder; !(0, import_node_fs17.existsSync)((0, import_node_path45.join)(folder, ".git")); up += "/..") {
    if ((0, import_node_path45.dirname)(folder) === folder) return void 0;
    folder = (0, import_node_path45.dirname)(folder);
    if ((0, import_node_fs17.existsSync)((0, import_node_path45.join)(folder, "uv.lock"))) return `${up}/uv.lock`;
  }
  return void 0;
}

// src/settings/settings.ts
init_pyproject();

// src/settings/python-version.ts
var import_node_path46 = require("node:path");
var import_pep4407 = __toESM(require_pep440(), 1);
init_runtimes();
init_pyproject();
async function findRuntime(projectFolder, { project }) {
  const pinned = await readIfPresent((0, import_node_path46.join)(projectFolder, ".python-version"));
  if (pinned !== void 0) return fromPin(pinned);
  const required = project["requires-python"];
  return typeof required === "string" ? fromSpecifier(required) : { runtime: DEFAULT_RUNTIME, from: "the default" };
}
function fromPin(text3) {
  const pin2 = text3.split(/\r?\n/).map((line) => line.trim()).find((line) => line !== "" && !line.startsWith("#")) ?? "";
  const runtime = RUNTIME_NAMES.find((name) => name === `python${/^(?:cpython[-@]?)?(\d+\.\d+)/.exec(pin2)?.[1] ?? ""}`);
  if (runtime) return { runtime, from: ".python-version" };
  return { problem: noRuntime(`.python-version asks for ${JSON.stringify(pin2)}`) };
}
function fromSpecifier(required) {
  const fits = (name) => (0, import_pep4407.satisfies)(`${name.slice("python".length)}.99`, required);
  const runtime = fits(DEFAULT_RUNTIME) ? DEFAULT_RUNTIME : RUNTIME_NAMES.findLast(fits);
  if (runtime) return { runtime, from: `requires-python ${JSON.stringify(required)}` };
  return { problem: noRuntime(`requires-python is ${JSON.stringify(required)}`) };
}
function noRuntime(title) {
  return {
    title: `${title}, which no Lambda runtime has`,
    hint: `Set runtime to one of ${RUNTIME_NAMES.join(", ")}.`
  };
}

// src/settings/settings.ts
init_schema();

// src/settings/values.ts
init_dist2();
init_schema();
init_suggestion();
function checkValues(sources) {
  const problems = [];
  const values = {};
  const origins = /* @__PURE__ */ new Map();
  for (const name of SETTING_NAMES) values[camelCase(name)] = SETTINGS[name].default;
  for (const { given, nameOf: nameOf4 } of sources) {
    for (const [name, value] of Object.entries(given)) {
      if (value === void 0) continue;
      if (!isSettingName(name)) {
        problems.push(unknownSetting(name, nameOf4));
        continue;
      }
      origins.set(name, nameOf4(name));
      const setting = SETTINGS[name];
      const result = safeParse(setting.schema, value);
      if (!result.success) {
        problems.push(mistake(nameOf4(name), value, setting));
        continue;
      }
      const key = camelCase(name);
      if (setting.mistakes) {
        const table2 = result.output;
        problems.push(...entryProblems(nameOf4(name), setting.mistakes(table2)));
        values[key] = { ...values[key], ...table2 };
      } else values[key] = result.output;
    }
  }
  return { values, problems, origins };
}
function isSettingName(name) {
  return Object.hasOwn(SETTINGS, name);
}
function unknownSetting(name, nameOf4) {
  return { title: `${nameOf4(name)} is not a setting`, hint: suggestion(name, SETTING_NAMES, nameOf4) };
}
function mistake(name, value, setting) {
  return {
    title: `${name} is not valid`,
    detail: setting.isConfidential ? void 0 : `Given: ${JSON.stringify(value)}`,
    hint: `Allowed: ${setting.format}. Example: ${setting.example}`
  };
}
function entryProblems(name, mistakes) {
  return mistakes.map(({ entry, detail, hint }) => ({
    title: `${name}: ${entry} is not valid`,
    detail,
    hint
  }));
}

// src/settings/settings.ts
var NOT_SETTINGS = /* @__PURE__ */ new Set(["WSGI_LAMBDA_PROJECT", "WSGI_LAMBDA_STAGE"]);
async function loadBuildSettings(origin) {
  const loaded = await load(origin);
  return settle2(loaded.problems, await buildPart(loaded));
}
async function loadDeploySettings(origin) {
  const loaded = await load(origin);
  const { common, problems } = loaded;
  const named = namePart(loaded);
  const build2 = common.artifact === void 0 ? await buildPart(loaded) : void 0;
  return settle2(problems, { ...common, ...named, build: build2 });
}
async function loadInspectSettings(origin) {
  const { common, pyproject, isGiven, problems } = await load(origin);
  const manifest = findManifest(common.project, common.requirements, pyproject);
  return settle2(problems, {
    ...common,
    assumed: {
      runtime: isGiven("runtime") ? common.runtime : void 0,
      architecture: isGiven("architecture") ? common.architecture : void 0
    },
    output: outputOf(common),
    manifest: "problem" in manifest ? void 0 : manifest.path
  });
}
async function loadFunctionSettings(origin) {
  const loaded = await load(origin);
  const before = "Own options stand before the command, as in: wsgi-lambda --function-name NAME manage check";
  return settle2(loaded.problems, { ...loaded.common, ...namePart(loaded, `${NAME_IT} ${before}`) });
}
async function load({ project, stage: stage2, environment, explicit }) {
  const folder = (0, import_node_path47.resolve)(project);
  if (!(await (0, import_promises48.stat)(folder).catch(() => void 0))?.isDirectory()) {
    throw new SettingsError([
      {
        title: `The project ${JSON.stringify(project)} is not a folder`,
        hint: "Give the folder that holds the application: --project DIR, or the input project."
      }
    ]);
  }
  const pyproject = await readPyproject(folder);
  const fromPyproject2 = pyprojectSources(pyproject, stage2);
  const checked = checkValues([...fromPyproject2.sources, variablesSource(environment), explicit]);
  const filled = fillStage(checked.values, stage2);
  return {
    common: { ...filled.values, project: folder, stage: stage2, found: [] },
    pyproject,
    isGiven: (name) => checked.origins.has(name),
    problems: [...fromPyproject2.problems, ...checked.problems, ...filled.problems, ...contradictions(filled.values)]
  };
}
function settle2(problems, settings) {
  if (problems.length > 0) throw new SettingsError(problems);
  return settings;
}
function variablesSource(environment) {
  const prefix = "WSGI_LAMBDA_";
  const kebab = (variable) => variable.slice(prefix.length).toLowerCase().replaceAll("_", "-");
  const given = Object.entries(environment).filter(
    ([name, value]) => name.startsWith(prefix) && !NOT_SETTINGS.has(name) && value !== ""
  );
  return {
    given: Object.fromEntries(given.map(([name, value]) => [kebab(name), value])),
    nameOf: (name) => prefix + name.toUpperCase().replaceAll("-", "_")
  };
}
var NAME_IT = "Name the Lambda function: --function-name NAME, the input function-name, or the key in [tool.wsgi-lambda].";
function namePart({ common, isGiven, problems }, hint = NAME_IT) {
  const { functionName = "" } = common;
  if (!isGiven("function-name")) {
    problems.push({ title: "function-name is missing", hint });
  } else if (/[^\w-]|.{65}/.test(functionName) && !functionName.includes("{{")) {
    problems.push(mistake("function-name", functionName, SETTINGS["function-name"]));
  }
  return { functionName };
}
async function buildPart({ common, pyproject, isGiven, problems }) {
  const found = [];
  const app = isGiven("app") ? common.app ?? "" : await discover(common.project, found, problems);
  const runtime = isGiven("runtime") ? common.runtime ?? DEFAULT_RUNTIME : await discoverRuntime(common.project, pyproject, found, problems);
  const manifest = findManifest(common.project, common.requirements, pyproject);
  if ("problem" in manifest) problems.push(manifest.problem);
  else if (common.requirements === void 0) found.push(`requirements: ${manifest.path}`);
  return {
    ...common,
    app,
    target: targetOf(runtime, common.architecture),
    manifest: "problem" in manifest ? { kind: "requirements", path: "" } : manifest,
    output: outputOf(common),
    found
  };
}
function outputOf({ output, project }) {
  return (0, import_node_path47.resolve)(output ?? (0, import_node_path47.join)(project, ".wsgi-lambda", `${(0, import_node_path47.basename)(project)}.zip`));
}
async function discover(project, found, problems) {
  const application = await findApplication(project);
  if (application) {
    found.push(`app: ${application.app} (${application.from})`);
    return application.app;
  }
  problems.push({
    title: `No WSGI application was found in ${project}`,
    detail: "Looked for manage.py (Django), and for app, application or create_app() in app.py, wsgi.py, api.py, main.py, application.py, or in one package.",
    hint: "Name it: --app mysite.wsgi:application, the input app, or the key in [tool.wsgi-lambda]."
  });
  return "";
}
async function discoverRuntime(project, pyproject, found, problems) {
  const result = await findRuntime(project, pyproject);
  if ("problem" in result) {
    problems.push(result.problem);
    return DEFAULT_RUNTIME;
  }
  found.push(`runtime: ${result.runtime} (${result.from})`);
  return result.runtime;
}
function contradictions({ environment, secrets }) {
  return Object.keys(secrets).filter((name) => Object.hasOwn(environment, name)).map((name) => ({
    title: `${name} stands in environment and in secrets`,
    hint: "Keep one of them: a value that may be read by all, or a reference."
  }));
}
function fillStage(values, stage2) {
  const problems = [];
  const fill3 = (text3, where) => text3.replace(/\{\{\s*([\w-]+)\s*\}\}/g, (whole, name) => {
    if (name === "stage" && stage2 !== void 0) return stage2;
    if (name === "url" && where.startsWith("environment")) return "{{url}}";
    problems.push(
      name === "stage" ? {
        title: `${where} uses {{stage}}, but no stage is given`,
        hint: "Give one with --stage NAME or the input stage."
      } : {
        title: `${where} uses ${whole}, which is not known here`,
        hint: "Known: {{stage}} in names and variables, {{url}} in variables."
      }
    );
    return whole;
  });
  const fillTable = (table2, where) => Object.fromEntries(
    Object.entries(table2).map(
      ([name, value]) => [fill3(name, `${where} ${name}`), fill3(value, `${where} ${name}`)]
    )
  );
  const filled = {
    ...values,
    environment: fillTable(values.environment, "environment variable"),
    secrets: fillTable(values.secrets, "secret"),
    events: fillTable(values.events, "event")
  };
  for (const name of SETTING_NAMES) {
    const value = filled[camelCase(name)];
    if (typeof value === "string") filled[camelCase(name)] = name === "url-origin" ? value : fill3(value, name);
  }
  return { values: filled, problems };
}

// src/store/folder.ts
var import_node_crypto13 = require("node:crypto");
var import_promises49 = require("node:fs/promises");
var import_node_os10 = require("node:os");
var import_node_path48 = require("node:path");
init_errors();
init_hash();

// src/store/store.ts
var STORE_KINDS = [
  /** Distributions, installed, compiled and compressed. */
  "slices",
  /** Wheels that were built, since none is published for the target. */
  "wheels",
  /** Which wheel was chosen for a requirement. */
  "selections",
  /** What requirements without a lock were resolved to; what a lock was exported as. */
  "resolutions",
  /** An application's files, compiled and compressed. */
  "applications",
  /** What an interpreter or an image was found to be. */
  "toolchains",
  /** Artifacts whose application was imported. */
  "checks"
];
function foldersOf(kind) {
  return { open: kind, closed: `${kind}-private` };
}

// src/store/folder.ts
function unwritableStore(error) {
  return {
    title: "What this build makes is not kept for the next one: the store cannot be written",
    detail: error.message,
    hint: "Free some space, or set store to a folder that may be written."
  };
}
var LONGEST_WRITE_HOURS = 24;
var USE_RESOLUTION_MINUTES = 30;
var UNWRITABLE = /* @__PURE__ */ new Set(["EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT", "ENOTDIR"]);
function folderStore({ folder, mostBytes, onUnwritable }) {
  const listings = /* @__PURE__ */ new Map();
  let spill;
  let isUnwritable = false;
  let hasWritten = false;
  const listingOf = (kind) => {
    const listing = listings.get(kind) ?? listKind(folder, kind);
    listings.set(kind, listing);
    return listing;
  };
  const find = async (kind, key) => {
    const path4 = (await listingOf(kind)).get(key);
    if (path4 === void 0) return void 0;
    const digest = (await sha256Of(path4).catch(ifGone))?.toString("hex");
    if (digest === digestIn(path4)) {
      await markUsed(path4);
      return path4;
    }
    ;
    (await listingOf(kind)).delete(key);
    await (0, import_promises49.rm)(path4, { force: true }).catch(() => void 0);
    return void 0;
  };
  const writeBelow = async (root, kind, key, write, { isPrivate = false }) => {
    const parent = (0, import_node_path48.join)(root, isPrivate ? foldersOf(kind).closed : foldersOf(kind).open);
    await (0, import_promises49.mkdir)(parent, { recursive: true });
    const temporary = (0, import_node_path48.join)(parent, `.${(0, import_node_crypto13.randomUUID)()}.part`);
    try {
      await write(temporary);
      const path4 = (0, import_node_path48.join)(parent, `${key}-${(await sha256Of(temporary)).toString("hex")}`);
      await (0, import_promises49.rename)(temporary, path4);
      const listing = await listingOf(kind);
      const before = listing.get(key);
      listing.set(key, path4);
      if (before !== void 0 && before !== path4) await (0, import_promises49.rm)(before, { force: true }).catch(() => void 0);
      return path4;
    } finally {
      await (0, import_promises49.rm)(temporary, { force: true }).catch(() => void 0);
    }
  };
  const keep2 = async (kind, key, write, options = {}) => {
    if (!isUnwritable) {
      try {
        const path4 = await writeBelow(folder, kind, key, write, options);
        hasWritten = true;
        return path4;
      } catch (error) {
        if (!UNWRITABLE.has(error.code ?? "")) throw error;
        isUnwritable = true;
        onUnwritable(error);
      }
    }
    spill ??= (0, import_promises49.mkdtemp)((0, import_node_path48.join)((0, import_node_os10.tmpdir)(), "wsgi-lambda-store-"));
    try {
      return await writeBelow(await spill, kind, key, write, options);
    } catch (error) {
      if (error.code !== "ENOSPC") throw error;
      throw new UserError(
        {
          title: "The disk is full",
          detail: error.message,
          hint: `Free some space in ${folder} or ${(0, import_node_os10.tmpdir)()}, or set store to a folder on another disk.`
        },
        { cause: error }
      );
    }
  };
  return {
    find,
    keep: keep2,
    [Symbol.asyncDispose]: async () => {
      if (hasWritten) await prune(folder, mostBytes).catch(() => void 0);
      if (spill) await (0, import_promises49.rm)(await spill, { recursive: true, force: true });
    }
  };
}
async function listKind(folder, kind) {
  const { open: open9, closed } = foldersOf(kind);
  const [ofOpen, ofClosed] = await Promise.all([listFiles2((0, import_node_path48.join)(folder, open9)), listFiles2((0, import_node_path48.join)(folder, closed))]);
  return new Map([...ofClosed, ...ofOpen]);
}
async function listFiles2(folder) {
  const names = await (0, import_promises49.readdir)(folder).catch(() => []);
  const paths = /* @__PURE__ */ new Map();
  for (const name of names.filter(isWhole)) {
    const key = name.slice(0, name.indexOf("-"));
    const path4 = (0, import_node_path48.join)(folder, name);
    const other = paths.get(key);
    paths.set(key, other === void 0 ? path4 : await laterOf(path4, other));
  }
  return paths;
}
async function laterOf(one, other) {
  const [first, second] = await Promise.all([one, other].map((path4) => (0, import_promises49.stat)(path4).catch(() => void 0)));
  return (first?.mtimeMs ?? 0) < (second?.mtimeMs ?? 0) ? other : one;
}
var isWhole = (name) => /^[0-9a-f]+-[0-9a-f]{64}$/.test(name);
function digestIn(path4) {
  return path4.slice(path4.lastIndexOf("-") + 1);
}
async function markUsed(path4) {
  const now = /* @__PURE__ */ new Date();
  const used = (await (0, import_promises49.stat)(path4).catch(() => void 0))?.mtimeMs ?? 0;
  if (now.getTime() - used < USE_RESOLUTION_MINUTES * 6e4) return;
  await (0, import_promises49.utimes)(path4, now, now).catch(() => void 0);
}
function ifGone(error) {
  if (error.code !== "ENOENT") throw error;
}
async function prune(folder, mostBytes) {
  const found = await Promise.all(
    STORE_KINDS.flatMap((kind) => Object.values(foldersOf(kind))).map(async (below2) => {
      const names = await (0, import_promises49.readdir)((0, import_node_path48.join)(folder, below2)).catch(() => []);
      return await Promise.all(names.map((name) => describe2((0, import_node_path48.join)(folder, below2, name), name)));
    })
  );
  const files = found.flat().filter((file) => file !== void 0);
  const abandoned = Date.now() - LONGEST_WRITE_HOURS * 36e5;
  const parts = files.filter(({ name, used }) => name.endsWith(".part") && used < abandoned);
  const whole = files.filter(({ name }) => isWhole(name)).toSorted((a, b) => b.used - a.used);
  let bytes = 0;
  const surplus = whole.filter((file) => {
    bytes += file.bytes;
    return bytes > mostBytes;
  });
  for (const { path: path4 } of [...parts, ...surplus]) await (0, import_promises49.rm)(path4, { force: true });
}
async function describe2(path4, name) {
  const found = await (0, import_promises49.stat)(path4).catch(() => void 0);
  return found && { path: path4, name, used: found.mtimeMs, bytes: found.size };
}

// src/store/shared.ts
var import_node_crypto14 = require("node:crypto");
var import_node_fs18 = require("node:fs");
var import_node_stream5 = require("node:stream");
var import_promises50 = require("node:stream/promises");
init_errors();
init_hash();
var SHARED = /* @__PURE__ */ new Set(["slices", "wheels", "selections", "resolutions"]);
var READS_AT_ONCE = 8;
var WRITES_AT_ONCE = 2;
function sharedStore(local, { openBucket: openBucket2, canWrite, report }) {
  const reads = atMost(READS_AT_ONCE);
  const writes = atMost(WRITES_AT_ONCE);
  const asked = /* @__PURE__ */ new Map();
  const uploads = [];
  const failed3 = /* @__PURE__ */ new Set();
  let opening;
  let trusted;
  const bucket = () => opening ??= openBucket2();
  const fetch2 = async (kind, key) => {
    if (failed3.has("read")) return void 0;
    try {
      return await local.keep(kind, key, async (path4) => receive(await bucket(), nameOf3(kind, key), path4), {
        isPrivate: true
      });
    } catch (error) {
      if (error instanceof MissingObject) return void 0;
      if (isCancelled(error)) throw error;
      if (error instanceof DamagedObject) {
        report.notice({
          title: `${error.address} is damaged: it was not used`,
          hint: "Delete it: the next build that may write to the shared store writes it anew."
        });
        return void 0;
      }
      if (!failed3.has("read")) report.notice(unusable("The shared store is not used: it cannot be read", error));
      failed3.add("read").add("write");
      return void 0;
    }
  };
  const add = async (kind, key, path4) => {
    trusted ??= canWrite();
    if (failed3.has("write") || !await trusted) return;
    try {
      const sha256 = (await sha256Of(path4)).toString("hex");
      const isWritten = await (await bucket()).write(nameOf3(kind, key), path4, sha256, { isNew: true });
      report.debug(`${nameOf3(kind, key)}: ${isWritten ? "added to" : "is already in"} the shared store`);
    } catch (error) {
      const isPruned = error.code === "ENOENT";
      if (isPruned || isCancelled(error)) return;
      if (!failed3.has("write")) report.notice(unusable("Nothing more is added to the shared store", error));
      failed3.add("write");
    }
  };
  return {
    find: async (kind, key) => {
      const found = await local.find(kind, key);
      if (found !== void 0 || !SHARED.has(kind) || failed3.has("read")) return found;
      const name = nameOf3(kind, key);
      const answer = asked.get(name) ?? reads(() => fetch2(kind, key));
      asked.set(name, answer);
      return await answer;
    },
    keep: async (kind, key, write, options) => {
      const path4 = await local.keep(kind, key, write, options);
      asked.set(nameOf3(kind, key), Promise.resolve(path4));
      if (SHARED.has(kind) && !failed3.has("write")) uploads.push(writes(() => add(kind, key, path4)));
      return path4;
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(uploads);
      await local[Symbol.asyncDispose]();
    }
  };
}
var MissingObject = class extends Error {
};
var DamagedObject = class extends Error {
  address;
  constructor(address) {
    super(`${address} is damaged`);
    this.address = address;
  }
};
async function receive(bucket, name, path4) {
  const found = await bucket.read(name);
  if (!found) throw new MissingObject();
  const hash = (0, import_node_crypto14.createHash)("sha256");
  const hashing = new import_node_stream5.Transform({
    transform: (chunk, _encoding, done) => {
      hash.update(chunk);
      done(null, chunk);
    }
  });
  await (0, import_promises50.pipeline)(found.body, hashing, (0, import_node_fs18.createWriteStream)(path4));
  if (hash.digest("hex") !== found.sha256) throw new DamagedObject(bucket.addressOf(name));
}
function nameOf3(kind, key) {
  return `${kind}/${key}`;
}
function isCancelled(error) {
  return error instanceof Error && error.name === "AbortError";
}
function unusable(title, error) {
  const consequence2 = "The build goes on without it.";
  if (!(error instanceof UserError)) return { title, detail: String(error), hint: consequence2 };
  const { detail, hint } = error;
  return {
    title,
    detail: [error.title, detail].filter(Boolean).join("\n"),
    hint: `${consequence2} ${hint ?? ""}`.trim()
  };
}
function atMost(most) {
  const waiting = [];
  let running = 0;
  return async (work) => {
    if (running === most) await new Promise((start) => waiting.push(start));
    else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}

// src/store/trust.ts
var import_promises51 = require("node:fs/promises");
function mayWriteShared(setting, { eventName, ref, defaultBranch }) {
  if (setting === "false" || eventName?.startsWith("pull_request") === true) return false;
  if (setting === "true" || eventName === "schedule") return true;
  const isOwn2 = eventName === "push" || eventName === "workflow_dispatch";
  return isOwn2 && defaultBranch !== void 0 && ref === `refs/heads/${defaultBranch}`;
}
async function readTrigger(environment) {
  return {
    eventName: environment["GITHUB_EVENT_NAME"],
    ref: environment["GITHUB_REF"],
    defaultBranch: await readDefaultBranch(environment["GITHUB_EVENT_PATH"])
  };
}
async function readDefaultBranch(path4) {
  if (path4 === void 0 || path4 === "") return void 0;
  try {
    const event = JSON.parse(await (0, import_promises51.readFile)(path4, "utf8"));
    const branch = event?.repository?.default_branch;
    return typeof branch === "string" && branch !== "" ? branch : void 0;
  } catch {
    return void 0;
  }
}

// src/store/open.ts
var PATIENCE_SECONDS = 3;
function openStore({
  store,
  storeSize,
  sharedStore: address,
  sharedStoreWrite
}, { folder, environment, version, signal, report }) {
  const local = folderStore({
    folder: store ?? folder,
    mostBytes: storeSize * 1e6,
    onUnwritable: (error) => {
      report.notice(unwritableStore(error));
    }
  });
  if (address === void 0) return local;
  return sharedStore(local, {
    // With it comes AWS's client, which a build without a bucket does not load.
    openBucket: async () => {
      const { openBucket: openBucket2 } = await Promise.resolve().then(() => (init_bucket(), bucket_exports));
      return await openBucket2(address, { environment, version, signal, patienceSeconds: PATIENCE_SECONDS });
    },
    canWrite: async () => mayWriteShared(sharedStoreWrite, await readTrigger(environment)),
    report
  });
}

// src/version.ts
var VERSION2 = "0.1.0";

// src/cli-run.ts
var CANCELLED = 130;
async function run2(invocation) {
  const { flags } = invocation;
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  const environment = definedVariables(process.env);
  const isJson = flags.json === true;
  const hasColors = flags.color !== false && environment["NO_COLOR"] === void 0 && (environment["FORCE_COLOR"] !== void 0 || process.stderr.isTTY);
  const colors = import_picocolors.default.createColors(hasColors);
  const out = isJson || invocation.command === "remote" ? process.stderr : process.stdout;
  const clock = () => performance.now();
  const report = consoleReporter({
    write: (text3) => out.write(text3),
    isTerminal: out.isTTY,
    verbosity: flags.quiet === true ? "quiet" : flags.verbose === true ? "verbose" : "normal",
    colors,
    clock
  });
  const print = (value) => {
    process.stdout.write(`${inertJson(value)}
`);
  };
  const cancellation = cancelOnSignals(() => {
    process.stderr.write("\nCancelled: cleaning up. Once more to stop at once.\n");
  });
  const { signal } = cancellation;
  try {
    const origin = {
      project: flags.project ?? (environment["WSGI_LAMBDA_PROJECT"] || "."),
      stage: flags.stage ?? (environment["WSGI_LAMBDA_STAGE"] || void 0),
      environment,
      explicit: { given: invocation.given, nameOf: (name) => `--${name}` }
    };
    const folders = productFolders(environment);
    const toolchainFor = (target, settings, store) => createToolchain(target, settings, {
      store,
      run: runProcess,
      report,
      environment,
      cacheFolder: folders.cache,
      toolsFolder: folders.tools,
      labels: {},
      signal
    });
    const createStore = (settings) => openStore(settings, { folder: (0, import_node_path56.join)(folders.cache, "store"), environment, version: VERSION2, signal, report });
    const collaborators = {
      createToolchain: (settings, store) => toolchainFor(settings.target, settings, store),
      product: {
        toolsFolder: folders.tools,
        runtimeFolder: folders.runtime,
        version: VERSION2,
        compressor: `zlib ${process.versions.zlib}`
      },
      createStore,
      report,
      environment,
      clock
    };
    const createLambda = async () => {
      const { createLambdaApi: createLambdaApi2 } = await Promise.resolve().then(() => (init_lambda(), lambda_exports));
      return createLambdaApi2({ version: VERSION2, wait: import_promises57.setTimeout, signal });
    };
    switch (invocation.command) {
      case "build": {
        const result = await build(await loadBuildSettings(origin), "build", collaborators);
        if (isJson) print(result);
        return 0;
      }
      case "deploy": {
        const { openBucket: openBucket2 } = await Promise.resolve().then(() => (init_bucket(), bucket_exports));
        const { createFunctionUrlApi: createFunctionUrlApi2 } = await Promise.resolve().then(() => (init_function_url(), function_url_exports));
        const { createLayerApi: createLayerApi2 } = await Promise.resolve().then(() => (init_layers(), layers_exports));
        const { deploy: deploy2 } = await Promise.resolve().then(() => (init_deploy(), deploy_exports));
        const commit = environment["GITHUB_SHA"] ?? environment["CI_COMMIT_SHA"];
        const result = await deploy2(await loadDeploySettings(origin), {
          ...collaborators,
          lambda: await createLambda(),
          urls: createFunctionUrlApi2({ version: VERSION2, wait: import_promises57.setTimeout, signal }),
          layers: createLayerApi2({ version: VERSION2, wait: import_promises57.setTimeout, signal }),
          openBucket: (address) => openBucket2(address, { environment, version: VERSION2, signal }),
          wait: import_promises57.setTimeout,
          signal,
          commit
        });
        if (isJson) print(result);
        else if (result.function.version !== "")
          process.stdout.write(`${result.function.url ?? result.function.aliasArn}
`);
        return 0;
      }
      case "inspect": {
        const { inspect: inspect2 } = await Promise.resolve().then(() => (init_inspect(), inspect_exports));
        const { inspectionText: inspectionText2 } = await Promise.resolve().then(() => (init_inspection_text(), inspection_text_exports));
        const settings = await loadInspectSettings(origin);
        const result = await inspect2(invocation.inspect, settings, {
          createToolchain: (target, store) => toolchainFor(target, { ...settings, target }, store),
          createStore: () => createStore(settings),
          toolsFolder: folders.tools
        });
        if (isJson) print(result);
        else process.stdout.write(inspectionText2(result, colors));
        return 0;
      }
      case "remote": {
        const { remote: remote2 } = await Promise.resolve().then(() => (init_remote(), remote_exports));
        const outcome = await remote2(invocation.remote, flags.qualifier, await loadFunctionSettings(origin), {
          lambda: await createLambda(),
          report,
          readInput: () => (0, import_consumers.buffer)(process.stdin),
          variables: environment
        });
        if (isJson) print(asJson(outcome));
        else process.stdout.write(outcome.output);
        return exitStatus(outcome);
      }
    }
  } catch (error) {
    if (signal.aborted) return CANCELLED;
    const { problems, exitCode, stack } = problemsOf(error);
    if (isJson) print({ error: problems.map(asPlainText) });
    process.stderr.write(formatProblems(problems, colors));
    if (stack !== void 0 && flags.verbose === true) process.stderr.write(`${linesOf2(stack).map(inert).join("\n")}
`);
    return invocation.command === "remote" && exitCode !== 2 ? UNKNOWN_RESULT : exitCode;
  } finally {
    cancellation.stop();
  }
}
function asJson({ exitCode, output, omittedBytes, run: run3 }) {
  const isText2 = (0, import_node_buffer.isUtf8)(output);
  const shown = { exitCode, output: output.toString(isText2 ? "utf8" : "base64") };
  return run3 ? { ...shown, isBase64Encoded: !isText2, omittedBytes, ...run3 } : shown;
}
function asPlainText({ title, detail, hint }) {
  const shown = (text3) => text3 && withoutPasswords(text3);
  return { title: withoutPasswords(title), detail: shown(detail), hint: shown(hint) };
}
function cancelOnSignals(announce) {
  const controller = new AbortController();
  const cancel = () => {
    if (controller.signal.aborted) process.exit(CANCELLED);
    announce();
    controller.abort();
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const name of signals) process.on(name, cancel);
  return {
    signal: controller.signal,
    stop: () => {
      for (const name of signals) process.off(name, cancel);
    }
  };
}
function productFolders(environment) {
  const root = (0, import_node_url2.fileURLToPath)(new URL("..", bundleUrl));
  const caches = environment["XDG_CACHE_HOME"] ?? (0, import_node_path56.join)(environment["HOME"] ?? (0, import_node_os12.homedir)(), ".cache");
  return { runtime: (0, import_node_path56.join)(root, "runtime"), tools: (0, import_node_path56.join)(root, "docker"), cache: (0, import_node_path56.join)(caches, "wsgi-lambda") };
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  run
});
