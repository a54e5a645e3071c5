#!/usr/bin/env node
const bundleUrl = require('node:url').pathToFileURL(__filename).href;
"use strict";
var __create = Object.create;
var __defProp = Object.defineProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __getProtoOf = Object.getPrototypeOf;
var __hasOwnProp = Object.prototype.hasOwnProperty;
var __commonJS = (cb, mod) => function __require() {
  try {
    return mod || (0, cb[__getOwnPropNames(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports;
  } catch (e) {
    throw mod = 0, e;
  }
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

// node_modules/commander/lib/error.js
var require_error = __commonJS({
  "node_modules/commander/lib/error.js"(exports2) {
    var CommanderError2 = class extends Error {
      /**
       * Constructs the CommanderError class
       * @param {number} exitCode suggested exit code which could be used with process.exit
       * @param {string} code an id string representing the error
       * @param {string} message human-readable description of the error
       */
      constructor(exitCode, code, message) {
        super(message);
        Error.captureStackTrace(this, this.constructor);
        this.name = this.constructor.name;
        this.code = code;
        this.exitCode = exitCode;
        this.nestedError = void 0;
      }
    };
    var InvalidArgumentError2 = class extends CommanderError2 {
      /**
       * Constructs the InvalidArgumentError class
       * @param {string} [message] explanation of why argument is invalid
       */
      constructor(message) {
        super(1, "commander.invalidArgument", message);
        Error.captureStackTrace(this, this.constructor);
        this.name = this.constructor.name;
      }
    };
    exports2.CommanderError = CommanderError2;
    exports2.InvalidArgumentError = InvalidArgumentError2;
  }
});

// node_modules/commander/lib/argument.js
var require_argument = __commonJS({
  "node_modules/commander/lib/argument.js"(exports2) {
    var { InvalidArgumentError: InvalidArgumentError2 } = require_error();
    var Argument2 = class {
      /**
       * Initialize a new command argument with the given name and description.
       * The default is that the argument is required, and you can explicitly
       * indicate this with <> around the name. Put [] around the name for an optional argument.
       *
       * @param {string} name
       * @param {string} [description]
       */
      constructor(name, description) {
        this.description = description || "";
        this.variadic = false;
        this.parseArg = void 0;
        this.defaultValue = void 0;
        this.defaultValueDescription = void 0;
        this.argChoices = void 0;
        switch (name[0]) {
          case "<":
            this.required = true;
            this._name = name.slice(1, -1);
            break;
          case "[":
            this.required = false;
            this._name = name.slice(1, -1);
            break;
          default:
            this.required = true;
            this._name = name;
            break;
        }
        if (this._name.endsWith("...")) {
          this.variadic = true;
          this._name = this._name.slice(0, -3);
        }
      }
      /**
       * Return argument name.
       *
       * @return {string}
       */
      name() {
        return this._name;
      }
      /**
       * @package
       */
      _collectValue(value, previous) {
        if (previous === this.defaultValue || !Array.isArray(previous)) {
          return [value];
        }
        previous.push(value);
        return previous;
      }
      /**
       * Set the default value, and optionally supply the description to be displayed in the help.
       *
       * @param {*} value
       * @param {string} [description]
       * @return {Argument}
       */
      default(value, description) {
        this.defaultValue = value;
        this.defaultValueDescription = description;
        return this;
      }
      /**
       * Set the custom handler for processing CLI command arguments into argument values.
       *
       * @param {Function} [fn]
       * @return {Argument}
       */
      argParser(fn) {
        this.parseArg = fn;
        return this;
      }
      /**
       * Only allow argument value to be one of choices.
       *
       * @param {string[]} values
       * @return {Argument}
       */
      choices(values) {
        this.argChoices = values.slice();
        this.parseArg = (arg, previous) => {
          if (!this.argChoices.includes(arg)) {
            throw new InvalidArgumentError2(
              `Allowed choices are ${this.argChoices.join(", ")}.`
            );
          }
          if (this.variadic) {
            return this._collectValue(arg, previous);
          }
          return arg;
        };
        return this;
      }
      /**
       * Make argument required.
       *
       * @returns {Argument}
       */
      argRequired() {
        this.required = true;
        return this;
      }
      /**
       * Make argument optional.
       *
       * @returns {Argument}
       */
      argOptional() {
        this.required = false;
        return this;
      }
    };
    function humanReadableArgName(arg) {
      const nameOutput = arg.name() + (arg.variadic === true ? "..." : "");
      return arg.required ? "<" + nameOutput + ">" : "[" + nameOutput + "]";
    }
    exports2.Argument = Argument2;
    exports2.humanReadableArgName = humanReadableArgName;
  }
});

// node_modules/commander/lib/help.js
var require_help = __commonJS({
  "node_modules/commander/lib/help.js"(exports2) {
    var { humanReadableArgName } = require_argument();
    var Help2 = class {
      constructor() {
        this.helpWidth = void 0;
        this.minWidthToWrap = 40;
        this.sortSubcommands = false;
        this.sortOptions = false;
        this.showGlobalOptions = false;
      }
      /**
       * prepareContext is called by Commander after applying overrides from `Command.configureHelp()`
       * and just before calling `formatHelp()`.
       *
       * Commander just uses the helpWidth and the rest is provided for optional use by more complex subclasses.
       *
       * @param {{ error?: boolean, helpWidth?: number, outputHasColors?: boolean }} contextOptions
       */
      prepareContext(contextOptions) {
        this.helpWidth = this.helpWidth ?? contextOptions.helpWidth ?? 80;
      }
      /**
       * Get an array of the visible subcommands. Includes a placeholder for the implicit help command, if there is one.
       *
       * @param {Command} cmd
       * @returns {Command[]}
       */
      visibleCommands(cmd) {
        const visibleCommands = cmd.commands.filter((cmd2) => !cmd2._hidden);
        const helpCommand = cmd._getHelpCommand();
        if (helpCommand && !helpCommand._hidden) {
          visibleCommands.push(helpCommand);
        }
        if (this.sortSubcommands) {
          visibleCommands.sort((a, b) => {
            return a.name().localeCompare(b.name());
          });
        }
        return visibleCommands;
      }
      /**
       * Compare options for sort.
       *
       * @param {Option} a
       * @param {Option} b
       * @returns {number}
       */
      compareOptions(a, b) {
        const getSortKey = (option) => {
          return option.short ? option.short.replace(/^-/, "") : option.long.replace(/^--/, "");
        };
        return getSortKey(a).localeCompare(getSortKey(b));
      }
      /**
       * Get an array of the visible options. Includes a placeholder for the implicit help option, if there is one.
       *
       * @param {Command} cmd
       * @returns {Option[]}
       */
      visibleOptions(cmd) {
        const visibleOptions = cmd.options.filter((option) => !option.hidden);
        const helpOption = cmd._getHelpOption();
        if (helpOption && !helpOption.hidden) {
          const removeShort = helpOption.short && cmd._findOption(helpOption.short);
          const removeLong = helpOption.long && cmd._findOption(helpOption.long);
          if (!removeShort && !removeLong) {
            visibleOptions.push(helpOption);
          } else if (helpOption.long && !removeLong) {
            visibleOptions.push(
              cmd.createOption(helpOption.long, helpOption.description)
            );
          } else if (helpOption.short && !removeShort) {
            visibleOptions.push(
              cmd.createOption(helpOption.short, helpOption.description)
            );
          }
        }
        if (this.sortOptions) {
          visibleOptions.sort(this.compareOptions);
        }
        return visibleOptions;
      }
      /**
       * Get an array of the visible global options. (Not including help.)
       *
       * @param {Command} cmd
       * @returns {Option[]}
       */
      visibleGlobalOptions(cmd) {
        if (!this.showGlobalOptions) return [];
        const globalOptions = [];
        for (let ancestorCmd = cmd.parent; ancestorCmd; ancestorCmd = ancestorCmd.parent) {
          const visibleOptions = ancestorCmd.options.filter(
            (option) => !option.hidden
          );
          globalOptions.push(...visibleOptions);
        }
        if (this.sortOptions) {
          globalOptions.sort(this.compareOptions);
        }
        return globalOptions;
      }
      /**
       * Get an array of the arguments if any have a description.
       *
       * @param {Command} cmd
       * @returns {Argument[]}
       */
      visibleArguments(cmd) {
        if (cmd._argsDescription) {
          cmd.registeredArguments.forEach((argument) => {
            argument.description = argument.description || cmd._argsDescription[argument.name()] || "";
          });
        }
        if (cmd.registeredArguments.find((argument) => argument.description)) {
          return cmd.registeredArguments;
        }
        return [];
      }
      /**
       * Get the command term to show in the list of subcommands.
       *
       * @param {Command} cmd
       * @returns {string}
       */
      subcommandTerm(cmd) {
        const args = cmd.registeredArguments.map((arg) => humanReadableArgName(arg)).join(" ");
        return cmd._name + (cmd._aliases[0] ? "|" + cmd._aliases[0] : "") + (cmd.options.length ? " [options]" : "") + // simplistic check for non-help option
        (args ? " " + args : "");
      }
      /**
       * Get the option term to show in the list of options.
       *
       * @param {Option} option
       * @returns {string}
       */
      optionTerm(option) {
        return option.flags;
      }
      /**
       * Get the argument term to show in the list of arguments.
       *
       * @param {Argument} argument
       * @returns {string}
       */
      argumentTerm(argument) {
        return argument.name();
      }
      /**
       * Get the longest command term length.
       *
       * @param {Command} cmd
       * @param {Help} helper
       * @returns {number}
       */
      longestSubcommandTermLength(cmd, helper) {
        return helper.visibleCommands(cmd).reduce((max, command) => {
          return Math.max(
            max,
            this.displayWidth(
              helper.styleSubcommandTerm(helper.subcommandTerm(command))
            )
          );
        }, 0);
      }
      /**
       * Get the longest option term length.
       *
       * @param {Command} cmd
       * @param {Help} helper
       * @returns {number}
       */
      longestOptionTermLength(cmd, helper) {
        return helper.visibleOptions(cmd).reduce((max, option) => {
          return Math.max(
            max,
            this.displayWidth(helper.styleOptionTerm(helper.optionTerm(option)))
          );
        }, 0);
      }
      /**
       * Get the longest global option term length.
       *
       * @param {Command} cmd
       * @param {Help} helper
       * @returns {number}
       */
      longestGlobalOptionTermLength(cmd, helper) {
        return helper.visibleGlobalOptions(cmd).reduce((max, option) => {
          return Math.max(
            max,
            this.displayWidth(helper.styleOptionTerm(helper.optionTerm(option)))
          );
        }, 0);
      }
      /**
       * Get the longest argument term length.
       *
       * @param {Command} cmd
       * @param {Help} helper
       * @returns {number}
       */
      longestArgumentTermLength(cmd, helper) {
        return helper.visibleArguments(cmd).reduce((max, argument) => {
          return Math.max(
            max,
            this.displayWidth(
              helper.styleArgumentTerm(helper.argumentTerm(argument))
            )
          );
        }, 0);
      }
      /**
       * Get the command usage to be displayed at the top of the built-in help.
       *
       * @param {Command} cmd
       * @returns {string}
       */
      commandUsage(cmd) {
        let cmdName = cmd._name;
        if (cmd._aliases[0]) {
          cmdName = cmdName + "|" + cmd._aliases[0];
        }
        let ancestorCmdNames = "";
        for (let ancestorCmd = cmd.parent; ancestorCmd; ancestorCmd = ancestorCmd.parent) {
          ancestorCmdNames = ancestorCmd.name() + " " + ancestorCmdNames;
        }
        return ancestorCmdNames + cmdName + " " + cmd.usage();
      }
      /**
       * Get the description for the command.
       *
       * @param {Command} cmd
       * @returns {string}
       */
      commandDescription(cmd) {
        return cmd.description();
      }
      /**
       * Get the subcommand summary to show in the list of subcommands.
       * (Fallback to description for backwards compatibility.)
       *
       * @param {Command} cmd
       * @returns {string}
       */
      subcommandDescription(cmd) {
        return cmd.summary() || cmd.description();
      }
      /**
       * Get the option description to show in the list of options.
       *
       * @param {Option} option
       * @return {string}
       */
      optionDescription(option) {
        const extraInfo = [];
        if (option.argChoices) {
          extraInfo.push(
            // use stringify to match the display of the default value
            `choices: ${option.argChoices.map((choice) => JSON.stringify(choice)).join(", ")}`
          );
        }
        if (option.defaultValue !== void 0) {
          const showDefault = option.required || option.optional || option.isBoolean() && typeof option.defaultValue === "boolean";
          if (showDefault) {
            extraInfo.push(
              `default: ${option.defaultValueDescription || JSON.stringify(option.defaultValue)}`
            );
          }
        }
        if (option.presetArg !== void 0 && option.optional) {
          extraInfo.push(`preset: ${JSON.stringify(option.presetArg)}`);
        }
        if (option.envVar !== void 0) {
          extraInfo.push(`env: ${option.envVar}`);
        }
        if (extraInfo.length > 0) {
          const extraDescription = `(${extraInfo.join(", ")})`;
          if (option.description) {
            return `${option.description} ${extraDescription}`;
          }
          return extraDescription;
        }
        return option.description;
      }
      /**
       * Get the argument description to show in the list of arguments.
       *
       * @param {Argument} argument
       * @return {string}
       */
      argumentDescription(argument) {
        const extraInfo = [];
        if (argument.argChoices) {
          extraInfo.push(
            // use stringify to match the display of the default value
            `choices: ${argument.argChoices.map((choice) => JSON.stringify(choice)).join(", ")}`
          );
        }
        if (argument.defaultValue !== void 0) {
          extraInfo.push(
            `default: ${argument.defaultValueDescription || JSON.stringify(argument.defaultValue)}`
          );
        }
        if (extraInfo.length > 0) {
          const extraDescription = `(${extraInfo.join(", ")})`;
          if (argument.description) {
            return `${argument.description} ${extraDescription}`;
          }
          return extraDescription;
        }
        return argument.description;
      }
      /**
       * Format a list of items, given a heading and an array of formatted items.
       *
       * @param {string} heading
       * @param {string[]} items
       * @param {Help} helper
       * @returns string[]
       */
      formatItemList(heading, items, helper) {
        if (items.length === 0) return [];
        return [helper.styleTitle(heading), ...items, ""];
      }
      /**
       * Group items by their help group heading.
       *
       * @param {Command[] | Option[]} unsortedItems
       * @param {Command[] | Option[]} visibleItems
       * @param {Function} getGroup
       * @returns {Map<string, Command[] | Option[]>}
       */
      groupItems(unsortedItems, visibleItems, getGroup) {
        const result = /* @__PURE__ */ new Map();
        unsortedItems.forEach((item) => {
          const group = getGroup(item);
          if (!result.has(group)) result.set(group, []);
        });
        visibleItems.forEach((item) => {
          const group = getGroup(item);
          if (!result.has(group)) {
            result.set(group, []);
          }
          result.get(group).push(item);
        });
        return result;
      }
      /**
       * Generate the built-in help text.
       *
       * @param {Command} cmd
       * @param {Help} helper
       * @returns {string}
       */
      formatHelp(cmd, helper) {
        const termWidth = helper.padWidth(cmd, helper);
        const helpWidth = helper.helpWidth ?? 80;
        function callFormatItem(term, description) {
          return helper.formatItem(term, termWidth, description, helper);
        }
        let output = [
          `${helper.styleTitle("Usage:")} ${helper.styleUsage(helper.commandUsage(cmd))}`,
          ""
        ];
        const commandDescription = helper.commandDescription(cmd);
        if (commandDescription.length > 0) {
          output = output.concat([
            helper.boxWrap(
              helper.styleCommandDescription(commandDescription),
              helpWidth
            ),
            ""
          ]);
        }
        const argumentList = helper.visibleArguments(cmd).map((argument) => {
          return callFormatItem(
            helper.styleArgumentTerm(helper.argumentTerm(argument)),
            helper.styleArgumentDescription(helper.argumentDescription(argument))
          );
        });
        output = output.concat(
          this.formatItemList("Arguments:", argumentList, helper)
        );
        const optionGroups = this.groupItems(
          cmd.options,
          helper.visibleOptions(cmd),
          (option) => option.helpGroupHeading ?? "Options:"
        );
        optionGroups.forEach((options, group) => {
          const optionList = options.map((option) => {
            return callFormatItem(
              helper.styleOptionTerm(helper.optionTerm(option)),
              helper.styleOptionDescription(helper.optionDescription(option))
            );
          });
          output = output.concat(this.formatItemList(group, optionList, helper));
        });
        if (helper.showGlobalOptions) {
          const globalOptionList = helper.visibleGlobalOptions(cmd).map((option) => {
            return callFormatItem(
              helper.styleOptionTerm(helper.optionTerm(option)),
              helper.styleOptionDescription(helper.optionDescription(option))
            );
          });
          output = output.concat(
            this.formatItemList("Global Options:", globalOptionList, helper)
          );
        }
        const commandGroups = this.groupItems(
          cmd.commands,
          helper.visibleCommands(cmd),
          (sub) => sub.helpGroup() || "Commands:"
        );
        commandGroups.forEach((commands, group) => {
          const commandList = commands.map((sub) => {
            return callFormatItem(
              helper.styleSubcommandTerm(helper.subcommandTerm(sub)),
              helper.styleSubcommandDescription(helper.subcommandDescription(sub))
            );
          });
          output = output.concat(this.formatItemList(group, commandList, helper));
        });
        return output.join("\n");
      }
      /**
       * Return display width of string, ignoring ANSI escape sequences. Used in padding and wrapping calculations.
       *
       * @param {string} str
       * @returns {number}
       */
      displayWidth(str) {
        return stripColor(str).length;
      }
      /**
       * Style the title for displaying in the help. Called with 'Usage:', 'Options:', etc.
       *
       * @param {string} str
       * @returns {string}
       */
      styleTitle(str) {
        return str;
      }
      styleUsage(str) {
        return str.split(" ").map((word) => {
          if (word === "[options]") return this.styleOptionText(word);
          if (word === "[command]") return this.styleSubcommandText(word);
          if (word[0] === "[" || word[0] === "<")
            return this.styleArgumentText(word);
          return this.styleCommandText(word);
        }).join(" ");
      }
      styleCommandDescription(str) {
        return this.styleDescriptionText(str);
      }
      styleOptionDescription(str) {
        return this.styleDescriptionText(str);
      }
      styleSubcommandDescription(str) {
        return this.styleDescriptionText(str);
      }
      styleArgumentDescription(str) {
        return this.styleDescriptionText(str);
      }
      styleDescriptionText(str) {
        return str;
      }
      styleOptionTerm(str) {
        return this.styleOptionText(str);
      }
      styleSubcommandTerm(str) {
        return str.split(" ").map((word) => {
          if (word === "[options]") return this.styleOptionText(word);
          if (word[0] === "[" || word[0] === "<")
            return this.styleArgumentText(word);
          return this.styleSubcommandText(word);
        }).join(" ");
      }
      styleArgumentTerm(str) {
        return this.styleArgumentText(str);
      }
      styleOptionText(str) {
        return str;
      }
      styleArgumentText(str) {
        return str;
      }
      styleSubcommandText(str) {
        return str;
      }
      styleCommandText(str) {
        return str;
      }
      /**
       * Calculate the pad width from the maximum term length.
       *
       * @param {Command} cmd
       * @param {Help} helper
       * @returns {number}
       */
      padWidth(cmd, helper) {
        return Math.max(
          helper.longestOptionTermLength(cmd, helper),
          helper.longestGlobalOptionTermLength(cmd, helper),
          helper.longestSubcommandTermLength(cmd, helper),
          helper.longestArgumentTermLength(cmd, helper)
        );
      }
      /**
       * Detect manually wrapped and indented strings by checking for line break followed by whitespace.
       *
       * @param {string} str
       * @returns {boolean}
       */
      preformatted(str) {
        return /\n[^\S\r\n]/.test(str);
      }
      /**
       * Format the "item", which consists of a term and description. Pad the term and wrap the description, indenting the following lines.
       *
       * So "TTT", 5, "DDD DDDD DD DDD" might be formatted for this.helpWidth=17 like so:
       *   TTT  DDD DDDD
       *        DD DDD
       *
       * @param {string} term
       * @param {number} termWidth
       * @param {string} description
       * @param {Help} helper
       * @returns {string}
       */
      formatItem(term, termWidth, description, helper) {
        const itemIndent = 2;
        const itemIndentStr = " ".repeat(itemIndent);
        if (!description) return itemIndentStr + term;
        const paddedTerm = term.padEnd(
          termWidth + term.length - helper.displayWidth(term)
        );
        const spacerWidth = 2;
        const helpWidth = this.helpWidth ?? 80;
        const remainingWidth = helpWidth - termWidth - spacerWidth - itemIndent;
        let formattedDescription;
        if (remainingWidth < this.minWidthToWrap || helper.preformatted(description)) {
          formattedDescription = description;
        } else {
          const wrappedDescription = helper.boxWrap(description, remainingWidth);
          formattedDescription = wrappedDescription.replace(
            /\n/g,
            "\n" + " ".repeat(termWidth + spacerWidth)
          );
        }
        return itemIndentStr + paddedTerm + " ".repeat(spacerWidth) + formattedDescription.replace(/\n/g, `
${itemIndentStr}`);
      }
      /**
       * Wrap a string at whitespace, preserving existing line breaks.
       * Wrapping is skipped if the width is less than `minWidthToWrap`.
       *
       * @param {string} str
       * @param {number} width
       * @returns {string}
       */
      boxWrap(str, width) {
        if (width < this.minWidthToWrap) return str;
        const rawLines = str.split(/\r\n|\n/);
        const chunkPattern = /[\s]*[^\s]+/g;
        const wrappedLines = [];
        rawLines.forEach((line) => {
          const chunks = line.match(chunkPattern);
          if (chunks === null) {
            wrappedLines.push("");
            return;
          }
          let sumChunks = [chunks.shift()];
          let sumWidth = this.displayWidth(sumChunks[0]);
          chunks.forEach((chunk) => {
            const visibleWidth = this.displayWidth(chunk);
            if (sumWidth + visibleWidth <= width) {
              sumChunks.push(chunk);
              sumWidth += visibleWidth;
              return;
            }
            wrappedLines.push(sumChunks.join(""));
            const nextChunk = chunk.trimStart();
            sumChunks = [nextChunk];
            sumWidth = this.displayWidth(nextChunk);
          });
          wrappedLines.push(sumChunks.join(""));
        });
        return wrappedLines.join("\n");
      }
    };
    function stripColor(str) {
      const sgrPattern = /\x1b\[\d*(;\d*)*m/g;
      return str.replace(sgrPattern, "");
    }
    exports2.Help = Help2;
    exports2.stripColor = stripColor;
  }
});

// node_modules/commander/lib/option.js
var require_option = __commonJS({
  "node_modules/commander/lib/option.js"(exports2) {
    var { InvalidArgumentError: InvalidArgumentError2 } = require_error();
    var Option2 = class {
      /**
       * Initialize a new `Option` with the given `flags` and `description`.
       *
       * @param {string} flags
       * @param {string} [description]
       */
      constructor(flags, description) {
        this.flags = flags;
        this.description = description || "";
        this.required = flags.includes("<");
        this.optional = flags.includes("[");
        this.variadic = /\w\.\.\.[>\]]$/.test(flags);
        this.mandatory = false;
        const optionFlags = splitOptionFlags(flags);
        this.short = optionFlags.shortFlag;
        this.long = optionFlags.longFlag;
        this.negate = false;
        if (this.long) {
          this.negate = this.long.startsWith("--no-");
        }
        this.defaultValue = void 0;
        this.defaultValueDescription = void 0;
        this.presetArg = void 0;
        this.envVar = void 0;
        this.parseArg = void 0;
        this.hidden = false;
        this.argChoices = void 0;
        this.conflictsWith = [];
        this.implied = void 0;
        this.helpGroupHeading = void 0;
      }
      /**
       * Set the default value, and optionally supply the description to be displayed in the help.
       *
       * @param {*} value
       * @param {string} [description]
       * @return {Option}
       */
      default(value, description) {
        this.defaultValue = value;
        this.defaultValueDescription = description;
        return this;
      }
      /**
       * Preset to use when option used without option-argument, especially optional but also boolean and negated.
       * The custom processing (parseArg) is called.
       *
       * @example
       * new Option('--color').default('GREYSCALE').preset('RGB');
       * new Option('--donate [amount]').preset('20').argParser(parseFloat);
       *
       * @param {*} arg
       * @return {Option}
       */
      preset(arg) {
        this.presetArg = arg;
        return this;
      }
      /**
       * Add option name(s) that conflict with this option.
       * An error will be displayed if conflicting options are found during parsing.
       *
       * @example
       * new Option('--rgb').conflicts('cmyk');
       * new Option('--js').conflicts(['ts', 'jsx']);
       *
       * @param {(string | string[])} names
       * @return {Option}
       */
      conflicts(names) {
        this.conflictsWith = this.conflictsWith.concat(names);
        return this;
      }
      /**
       * Specify implied option values for when this option is set and the implied options are not.
       *
       * The custom processing (parseArg) is not called on the implied values.
       *
       * @example
       * program
       *   .addOption(new Option('--log', 'write logging information to file'))
       *   .addOption(new Option('--trace', 'log extra details').implies({ log: 'trace.txt' }));
       *
       * @param {object} impliedOptionValues
       * @return {Option}
       */
      implies(impliedOptionValues) {
        let newImplied = impliedOptionValues;
        if (typeof impliedOptionValues === "string") {
          newImplied = { [impliedOptionValues]: true };
        }
        this.implied = Object.assign(this.implied || {}, newImplied);
        return this;
      }
      /**
       * Set environment variable to check for option value.
       *
       * An environment variable is only used if when processed the current option value is
       * undefined, or the source of the current value is 'default' or 'config' or 'env'.
       *
       * @param {string} name
       * @return {Option}
       */
      env(name) {
        this.envVar = name;
        return this;
      }
      /**
       * Set the custom handler for processing CLI option arguments into option values.
       *
       * @param {Function} [fn]
       * @return {Option}
       */
      argParser(fn) {
        this.parseArg = fn;
        return this;
      }
      /**
       * Whether the option is mandatory and must have a value after parsing.
       *
       * @param {boolean} [mandatory=true]
       * @return {Option}
       */
      makeOptionMandatory(mandatory = true) {
        this.mandatory = !!mandatory;
        return this;
      }
      /**
       * Hide option in help.
       *
       * @param {boolean} [hide=true]
       * @return {Option}
       */
      hideHelp(hide = true) {
        this.hidden = !!hide;
        return this;
      }
      /**
       * @package
       */
      _collectValue(value, previous) {
        if (previous === this.defaultValue || !Array.isArray(previous)) {
          return [value];
        }
        previous.push(value);
        return previous;
      }
      /**
       * Only allow option value to be one of choices.
       *
       * @param {string[]} values
       * @return {Option}
       */
      choices(values) {
        this.argChoices = values.slice();
        this.parseArg = (arg, previous) => {
          if (!this.argChoices.includes(arg)) {
            throw new InvalidArgumentError2(
              `Allowed choices are ${this.argChoices.join(", ")}.`
            );
          }
          if (this.variadic) {
            return this._collectValue(arg, previous);
          }
          return arg;
        };
        return this;
      }
      /**
       * Return option name.
       *
       * @return {string}
       */
      name() {
        if (this.long) {
          return this.long.replace(/^--/, "");
        }
        return this.short.replace(/^-/, "");
      }
      /**
       * Return option name, in a camelcase format that can be used
       * as an object attribute key.
       *
       * @return {string}
       */
      attributeName() {
        if (this.negate) {
          return camelcase(this.name().replace(/^no-/, ""));
        }
        return camelcase(this.name());
      }
      /**
       * Set the help group heading.
       *
       * @param {string} heading
       * @return {Option}
       */
      helpGroup(heading) {
        this.helpGroupHeading = heading;
        return this;
      }
      /**
       * Check if `arg` matches the short or long flag.
       *
       * @param {string} arg
       * @return {boolean}
       * @package
       */
      is(arg) {
        return this.short === arg || this.long === arg;
      }
      /**
       * Return whether a boolean option.
       *
       * Options are one of boolean, negated, required argument, or optional argument.
       *
       * @return {boolean}
       * @package
       */
      isBoolean() {
        return !this.required && !this.optional && !this.negate;
      }
    };
    var DualOptions = class {
      /**
       * @param {Option[]} options
       */
      constructor(options) {
        this.positiveOptions = /* @__PURE__ */ new Map();
        this.negativeOptions = /* @__PURE__ */ new Map();
        this.dualOptions = /* @__PURE__ */ new Set();
        options.forEach((option) => {
          if (option.negate) {
            this.negativeOptions.set(option.attributeName(), option);
          } else {
            this.positiveOptions.set(option.attributeName(), option);
          }
        });
        this.negativeOptions.forEach((value, key) => {
          if (this.positiveOptions.has(key)) {
            this.dualOptions.add(key);
          }
        });
      }
      /**
       * Did the value come from the option, and not from possible matching dual option?
       *
       * @param {*} value
       * @param {Option} option
       * @returns {boolean}
       */
      valueFromOption(value, option) {
        const optionKey = option.attributeName();
        if (!this.dualOptions.has(optionKey)) return true;
        const preset = this.negativeOptions.get(optionKey).presetArg;
        const negativeValue = preset !== void 0 ? preset : false;
        return option.negate === (negativeValue === value);
      }
    };
    function camelcase(str) {
      return str.split("-").reduce((str2, word) => {
        return str2 + word[0].toUpperCase() + word.slice(1);
      });
    }
    function splitOptionFlags(flags) {
      let shortFlag;
      let longFlag;
      const shortFlagExp = /^-[^-]$/;
      const longFlagExp = /^--[^-]/;
      const flagParts = flags.split(/[ |,]+/).concat("guard");
      if (shortFlagExp.test(flagParts[0])) shortFlag = flagParts.shift();
      if (longFlagExp.test(flagParts[0])) longFlag = flagParts.shift();
      if (!shortFlag && shortFlagExp.test(flagParts[0]))
        shortFlag = flagParts.shift();
      if (!shortFlag && longFlagExp.test(flagParts[0])) {
        shortFlag = longFlag;
        longFlag = flagParts.shift();
      }
      if (flagParts[0].startsWith("-")) {
        const unsupportedFlag = flagParts[0];
        const baseError = `option creation failed due to '${unsupportedFlag}' in option flags '${flags}'`;
        if (/^-[^-][^-]/.test(unsupportedFlag))
          throw new Error(
            `${baseError}
- a short flag is a single dash and a single character
  - either use a single dash and a single character (for a short flag)
  - or use a double dash for a long option (and can have two, like '--ws, --workspace')`
          );
        if (shortFlagExp.test(unsupportedFlag))
          throw new Error(`${baseError}
- too many short flags`);
        if (longFlagExp.test(unsupportedFlag))
          throw new Error(`${baseError}
- too many long flags`);
        throw new Error(`${baseError}
- unrecognised flag format`);
      }
      if (shortFlag === void 0 && longFlag === void 0)
        throw new Error(
          `option creation failed due to no flags found in '${flags}'.`
        );
      return { shortFlag, longFlag };
    }
    exports2.Option = Option2;
    exports2.DualOptions = DualOptions;
  }
});

// node_modules/commander/lib/suggestSimilar.js
var require_suggestSimilar = __commonJS({
  "node_modules/commander/lib/suggestSimilar.js"(exports2) {
    var maxDistance = 3;
    function editDistance(a, b) {
      if (Math.abs(a.length - b.length) > maxDistance)
        return Math.max(a.length, b.length);
      const d = [];
      for (let i = 0; i <= a.length; i++) {
        d[i] = [i];
      }
      for (let j = 0; j <= b.length; j++) {
        d[0][j] = j;
      }
      for (let j = 1; j <= b.length; j++) {
        for (let i = 1; i <= a.length; i++) {
          let cost = 1;
          if (a[i - 1] === b[j - 1]) {
            cost = 0;
          } else {
            cost = 1;
          }
          d[i][j] = Math.min(
            d[i - 1][j] + 1,
            // deletion
            d[i][j - 1] + 1,
            // insertion
            d[i - 1][j - 1] + cost
            // substitution
          );
          if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
            d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
          }
        }
      }
      return d[a.length][b.length];
    }
    function suggestSimilar(word, candidates) {
      if (!candidates || candidates.length === 0) return "";
      candidates = Array.from(new Set(candidates));
      const searchingOptions = word.startsWith("--");
      if (searchingOptions) {
        word = word.slice(2);
        candidates = candidates.map((candidate) => candidate.slice(2));
      }
      let similar = [];
      let bestDistance = maxDistance;
      const minSimilarity = 0.4;
      candidates.forEach((candidate) => {
        if (candidate.length <= 1) return;
        const distance = editDistance(word, candidate);
        const length = Math.max(word.length, candidate.length);
        const similarity = (length - distance) / length;
        if (similarity > minSimilarity) {
          if (distance < bestDistance) {
            bestDistance = distance;
            similar = [candidate];
          } else if (distance === bestDistance) {
            similar.push(candidate);
          }
        }
      });
      similar.sort((a, b) => a.localeCompare(b));
      if (searchingOptions) {
        similar = similar.map((candidate) => `--${candidate}`);
      }
      if (similar.length > 1) {
        return `
(Did you mean one of ${similar.join(", ")}?)`;
      }
      if (similar.length === 1) {
        return `
(Did you mean ${similar[0]}?)`;
      }
      return "";
    }
    exports2.suggestSimilar = suggestSimilar;
  }
});

// node_modules/commander/lib/command.js
var require_command = __commonJS({
  "node_modules/commander/lib/command.js"(exports2) {
    var EventEmitter = require("node:events").EventEmitter;
    var childProcess = require("node:child_process");
    var path = require("node:path");
    var fs = require("node:fs");
    var process2 = require("node:process");
    var { Argument: Argument2, humanReadableArgName } = require_argument();
    var { CommanderError: CommanderError2 } = require_error();
    var { Help: Help2, stripColor } = require_help();
    var { Option: Option2, DualOptions } = require_option();
    var { suggestSimilar } = require_suggestSimilar();
    var Command2 = class _Command extends EventEmitter {
      /**
       * Initialize a new `Command`.
       *
       * @param {string} [name]
       */
      constructor(name) {
        super();
        this.commands = [];
        this.options = [];
        this.parent = null;
        this._allowUnknownOption = false;
        this._allowExcessArguments = false;
        this.registeredArguments = [];
        this._args = this.registeredArguments;
        this.args = [];
        this.rawArgs = [];
        this.processedArgs = [];
        this._scriptPath = null;
        this._name = name || "";
        this._optionValues = {};
        this._optionValueSources = {};
        this._storeOptionsAsProperties = false;
        this._actionHandler = null;
        this._executableHandler = false;
        this._executableFile = null;
        this._executableDir = null;
        this._defaultCommandName = null;
        this._exitCallback = null;
        this._aliases = [];
        this._combineFlagAndOptionalValue = true;
        this._description = "";
        this._summary = "";
        this._argsDescription = void 0;
        this._enablePositionalOptions = false;
        this._passThroughOptions = false;
        this._lifeCycleHooks = {};
        this._showHelpAfterError = false;
        this._showSuggestionAfterError = true;
        this._savedState = null;
        this._outputConfiguration = {
          writeOut: (str) => process2.stdout.write(str),
          writeErr: (str) => process2.stderr.write(str),
          outputError: (str, write) => write(str),
          getOutHelpWidth: () => process2.stdout.isTTY ? process2.stdout.columns : void 0,
          getErrHelpWidth: () => process2.stderr.isTTY ? process2.stderr.columns : void 0,
          getOutHasColors: () => useColor() ?? (process2.stdout.isTTY && process2.stdout.hasColors?.()),
          getErrHasColors: () => useColor() ?? (process2.stderr.isTTY && process2.stderr.hasColors?.()),
          stripColor: (str) => stripColor(str)
        };
        this._hidden = false;
        this._helpOption = void 0;
        this._addImplicitHelpCommand = void 0;
        this._helpCommand = void 0;
        this._helpConfiguration = {};
        this._helpGroupHeading = void 0;
        this._defaultCommandGroup = void 0;
        this._defaultOptionGroup = void 0;
      }
      /**
       * Copy settings that are useful to have in common across root command and subcommands.
       *
       * (Used internally when adding a command using `.command()` so subcommands inherit parent settings.)
       *
       * @param {Command} sourceCommand
       * @return {Command} `this` command for chaining
       */
      copyInheritedSettings(sourceCommand) {
        this._outputConfiguration = sourceCommand._outputConfiguration;
        this._helpOption = sourceCommand._helpOption;
        this._helpCommand = sourceCommand._helpCommand;
        this._helpConfiguration = sourceCommand._helpConfiguration;
        this._exitCallback = sourceCommand._exitCallback;
        this._storeOptionsAsProperties = sourceCommand._storeOptionsAsProperties;
        this._combineFlagAndOptionalValue = sourceCommand._combineFlagAndOptionalValue;
        this._allowExcessArguments = sourceCommand._allowExcessArguments;
        this._enablePositionalOptions = sourceCommand._enablePositionalOptions;
        this._showHelpAfterError = sourceCommand._showHelpAfterError;
        this._showSuggestionAfterError = sourceCommand._showSuggestionAfterError;
        return this;
      }
      /**
       * @returns {Command[]}
       * @private
       */
      _getCommandAndAncestors() {
        const result = [];
        for (let command = this; command; command = command.parent) {
          result.push(command);
        }
        return result;
      }
      /**
       * Define a command.
       *
       * There are two styles of command: pay attention to where to put the description.
       *
       * @example
       * // Command implemented using action handler (description is supplied separately to `.command`)
       * program
       *   .command('clone <source> [destination]')
       *   .description('clone a repository into a newly created directory')
       *   .action((source, destination) => {
       *     console.log('clone command called');
       *   });
       *
       * // Command implemented using separate executable file (description is second parameter to `.command`)
       * program
       *   .command('start <service>', 'start named service')
       *   .command('stop [service]', 'stop named service, or all if no name supplied');
       *
       * @param {string} nameAndArgs - command name and arguments, args are `<required>` or `[optional]` and last may also be `variadic...`
       * @param {(object | string)} [actionOptsOrExecDesc] - configuration options (for action), or description (for executable)
       * @param {object} [execOpts] - configuration options (for executable)
       * @return {Command} returns new command for action handler, or `this` for executable command
       */
      command(nameAndArgs, actionOptsOrExecDesc, execOpts) {
        let desc = actionOptsOrExecDesc;
        let opts = execOpts;
        if (typeof desc === "object" && desc !== null) {
          opts = desc;
          desc = null;
        }
        opts = opts || {};
        const [, name, args] = nameAndArgs.match(/([^ ]+) *(.*)/);
        const cmd = this.createCommand(name);
        if (desc) {
          cmd.description(desc);
          cmd._executableHandler = true;
        }
        if (opts.isDefault) this._defaultCommandName = cmd._name;
        cmd._hidden = !!(opts.noHelp || opts.hidden);
        cmd._executableFile = opts.executableFile || null;
        if (args) cmd.arguments(args);
        this._registerCommand(cmd);
        cmd.parent = this;
        cmd.copyInheritedSettings(this);
        if (desc) return this;
        return cmd;
      }
      /**
       * Factory routine to create a new unattached command.
       *
       * See .command() for creating an attached subcommand, which uses this routine to
       * create the command. You can override createCommand to customise subcommands.
       *
       * @param {string} [name]
       * @return {Command} new command
       */
      createCommand(name) {
        return new _Command(name);
      }
      /**
       * You can customise the help with a subclass of Help by overriding createHelp,
       * or by overriding Help properties using configureHelp().
       *
       * @return {Help}
       */
      createHelp() {
        return Object.assign(new Help2(), this.configureHelp());
      }
      /**
       * You can customise the help by overriding Help properties using configureHelp(),
       * or with a subclass of Help by overriding createHelp().
       *
       * @param {object} [configuration] - configuration options
       * @return {(Command | object)} `this` command for chaining, or stored configuration
       */
      configureHelp(configuration) {
        if (configuration === void 0) return this._helpConfiguration;
        this._helpConfiguration = configuration;
        return this;
      }
      /**
       * The default output goes to stdout and stderr. You can customise this for special
       * applications. You can also customise the display of errors by overriding outputError.
       *
       * The configuration properties are all functions:
       *
       *     // change how output being written, defaults to stdout and stderr
       *     writeOut(str)
       *     writeErr(str)
       *     // change how output being written for errors, defaults to writeErr
       *     outputError(str, write) // used for displaying errors and not used for displaying help
       *     // specify width for wrapping help
       *     getOutHelpWidth()
       *     getErrHelpWidth()
       *     // color support, currently only used with Help
       *     getOutHasColors()
       *     getErrHasColors()
       *     stripColor() // used to remove ANSI escape codes if output does not have colors
       *
       * @param {object} [configuration] - configuration options
       * @return {(Command | object)} `this` command for chaining, or stored configuration
       */
      configureOutput(configuration) {
        if (configuration === void 0) return this._outputConfiguration;
        this._outputConfiguration = {
          ...this._outputConfiguration,
          ...configuration
        };
        return this;
      }
      /**
       * Display the help or a custom message after an error occurs.
       *
       * @param {(boolean|string)} [displayHelp]
       * @return {Command} `this` command for chaining
       */
      showHelpAfterError(displayHelp = true) {
        if (typeof displayHelp !== "string") displayHelp = !!displayHelp;
        this._showHelpAfterError = displayHelp;
        return this;
      }
      /**
       * Display suggestion of similar commands for unknown commands, or options for unknown options.
       *
       * @param {boolean} [displaySuggestion]
       * @return {Command} `this` command for chaining
       */
      showSuggestionAfterError(displaySuggestion = true) {
        this._showSuggestionAfterError = !!displaySuggestion;
        return this;
      }
      /**
       * Add a prepared subcommand.
       *
       * See .command() for creating an attached subcommand which inherits settings from its parent.
       *
       * @param {Command} cmd - new subcommand
       * @param {object} [opts] - configuration options
       * @return {Command} `this` command for chaining
       */
      addCommand(cmd, opts) {
        if (!cmd._name) {
          throw new Error(`Command passed to .addCommand() must have a name
- specify the name in Command constructor or using .name()`);
        }
        opts = opts || {};
        if (opts.isDefault) this._defaultCommandName = cmd._name;
        if (opts.noHelp || opts.hidden) cmd._hidden = true;
        this._registerCommand(cmd);
        cmd.parent = this;
        cmd._checkForBrokenPassThrough();
        return this;
      }
      /**
       * Factory routine to create a new unattached argument.
       *
       * See .argument() for creating an attached argument, which uses this routine to
       * create the argument. You can override createArgument to return a custom argument.
       *
       * @param {string} name
       * @param {string} [description]
       * @return {Argument} new argument
       */
      createArgument(name, description) {
        return new Argument2(name, description);
      }
      /**
       * Define argument syntax for command.
       *
       * The default is that the argument is required, and you can explicitly
       * indicate this with <> around the name. Put [] around the name for an optional argument.
       *
       * @example
       * program.argument('<input-file>');
       * program.argument('[output-file]');
       *
       * @param {string} name
       * @param {string} [description]
       * @param {(Function|*)} [parseArg] - custom argument processing function or default value
       * @param {*} [defaultValue]
       * @return {Command} `this` command for chaining
       */
      argument(name, description, parseArg, defaultValue) {
        const argument = this.createArgument(name, description);
        if (typeof parseArg === "function") {
          argument.default(defaultValue).argParser(parseArg);
        } else {
          argument.default(parseArg);
        }
        this.addArgument(argument);
        return this;
      }
      /**
       * Define argument syntax for command, adding multiple at once (without descriptions).
       *
       * See also .argument().
       *
       * @example
       * program.arguments('<cmd> [env]');
       *
       * @param {string} names
       * @return {Command} `this` command for chaining
       */
      arguments(names) {
        names.trim().split(/ +/).forEach((detail) => {
          this.argument(detail);
        });
        return this;
      }
      /**
       * Define argument syntax for command, adding a prepared argument.
       *
       * @param {Argument} argument
       * @return {Command} `this` command for chaining
       */
      addArgument(argument) {
        const previousArgument = this.registeredArguments.slice(-1)[0];
        if (previousArgument?.variadic) {
          throw new Error(
            `only the last argument can be variadic '${previousArgument.name()}'`
          );
        }
        if (argument.required && argument.defaultValue !== void 0 && argument.parseArg === void 0) {
          throw new Error(
            `a default value for a required argument is never used: '${argument.name()}'`
          );
        }
        this.registeredArguments.push(argument);
        return this;
      }
      /**
       * Customise or override default help command. By default a help command is automatically added if your command has subcommands.
       *
       * @example
       *    program.helpCommand('help [cmd]');
       *    program.helpCommand('help [cmd]', 'show help');
       *    program.helpCommand(false); // suppress default help command
       *    program.helpCommand(true); // add help command even if no subcommands
       *
       * @param {string|boolean} enableOrNameAndArgs - enable with custom name and/or arguments, or boolean to override whether added
       * @param {string} [description] - custom description
       * @return {Command} `this` command for chaining
       */
      helpCommand(enableOrNameAndArgs, description) {
        if (typeof enableOrNameAndArgs === "boolean") {
          this._addImplicitHelpCommand = enableOrNameAndArgs;
          if (enableOrNameAndArgs && this._defaultCommandGroup) {
            this._initCommandGroup(this._getHelpCommand());
          }
          return this;
        }
        const nameAndArgs = enableOrNameAndArgs ?? "help [command]";
        const [, helpName, helpArgs] = nameAndArgs.match(/([^ ]+) *(.*)/);
        const helpDescription = description ?? "display help for command";
        const helpCommand = this.createCommand(helpName);
        helpCommand.helpOption(false);
        if (helpArgs) helpCommand.arguments(helpArgs);
        if (helpDescription) helpCommand.description(helpDescription);
        this._addImplicitHelpCommand = true;
        this._helpCommand = helpCommand;
        if (enableOrNameAndArgs || description) this._initCommandGroup(helpCommand);
        return this;
      }
      /**
       * Add prepared custom help command.
       *
       * @param {(Command|string|boolean)} helpCommand - custom help command, or deprecated enableOrNameAndArgs as for `.helpCommand()`
       * @param {string} [deprecatedDescription] - deprecated custom description used with custom name only
       * @return {Command} `this` command for chaining
       */
      addHelpCommand(helpCommand, deprecatedDescription) {
        if (typeof helpCommand !== "object") {
          this.helpCommand(helpCommand, deprecatedDescription);
          return this;
        }
        this._addImplicitHelpCommand = true;
        this._helpCommand = helpCommand;
        this._initCommandGroup(helpCommand);
        return this;
      }
      /**
       * Lazy create help command.
       *
       * @return {(Command|null)}
       * @package
       */
      _getHelpCommand() {
        const hasImplicitHelpCommand = this._addImplicitHelpCommand ?? (this.commands.length && !this._actionHandler && !this._findCommand("help"));
        if (hasImplicitHelpCommand) {
          if (this._helpCommand === void 0) {
            this.helpCommand(void 0, void 0);
          }
          return this._helpCommand;
        }
        return null;
      }
      /**
       * Add hook for life cycle event.
       *
       * @param {string} event
       * @param {Function} listener
       * @return {Command} `this` command for chaining
       */
      hook(event, listener) {
        const allowedValues = ["preSubcommand", "preAction", "postAction"];
        if (!allowedValues.includes(event)) {
          throw new Error(`Unexpected value for event passed to hook : '${event}'.
Expecting one of '${allowedValues.join("', '")}'`);
        }
        if (this._lifeCycleHooks[event]) {
          this._lifeCycleHooks[event].push(listener);
        } else {
          this._lifeCycleHooks[event] = [listener];
        }
        return this;
      }
      /**
       * Register callback to use as replacement for calling process.exit.
       *
       * @param {Function} [fn] optional callback which will be passed a CommanderError, defaults to throwing
       * @return {Command} `this` command for chaining
       */
      exitOverride(fn) {
        if (fn) {
          this._exitCallback = fn;
        } else {
          this._exitCallback = (err) => {
            if (err.code !== "commander.executeSubCommandAsync") {
              throw err;
            } else {
            }
          };
        }
        return this;
      }
      /**
       * Call process.exit, and _exitCallback if defined.
       *
       * @param {number} exitCode exit code for using with process.exit
       * @param {string} code an id string representing the error
       * @param {string} message human-readable description of the error
       * @return never
       * @private
       */
      _exit(exitCode, code, message) {
        if (this._exitCallback) {
          this._exitCallback(new CommanderError2(exitCode, code, message));
        }
        process2.exit(exitCode);
      }
      /**
       * Register callback `fn` for the command.
       *
       * @example
       * program
       *   .command('serve')
       *   .description('start service')
       *   .action(function() {
       *      // do work here
       *   });
       *
       * @param {Function} fn
       * @return {Command} `this` command for chaining
       */
      action(fn) {
        const listener = (args) => {
          const expectedArgsCount = this.registeredArguments.length;
          const actionArgs = args.slice(0, expectedArgsCount);
          if (this._storeOptionsAsProperties) {
            actionArgs[expectedArgsCount] = this;
          } else {
            actionArgs[expectedArgsCount] = this.opts();
          }
          actionArgs.push(this);
          return fn.apply(this, actionArgs);
        };
        this._actionHandler = listener;
        return this;
      }
      /**
       * Factory routine to create a new unattached option.
       *
       * See .option() for creating an attached option, which uses this routine to
       * create the option. You can override createOption to return a custom option.
       *
       * @param {string} flags
       * @param {string} [description]
       * @return {Option} new option
       */
      createOption(flags, description) {
        return new Option2(flags, description);
      }
      /**
       * Wrap parseArgs to catch 'commander.invalidArgument'.
       *
       * @param {(Option | Argument)} target
       * @param {string} value
       * @param {*} previous
       * @param {string} invalidArgumentMessage
       * @private
       */
      _callParseArg(target, value, previous, invalidArgumentMessage) {
        try {
          return target.parseArg(value, previous);
        } catch (err) {
          if (err.code === "commander.invalidArgument") {
            const message = `${invalidArgumentMessage} ${err.message}`;
            this.error(message, { exitCode: err.exitCode, code: err.code });
          }
          throw err;
        }
      }
      /**
       * Check for option flag conflicts.
       * Register option if no conflicts found, or throw on conflict.
       *
       * @param {Option} option
       * @private
       */
      _registerOption(option) {
        const matchingOption = option.short && this._findOption(option.short) || option.long && this._findOption(option.long);
        if (matchingOption) {
          const matchingFlag = option.long && this._findOption(option.long) ? option.long : option.short;
          throw new Error(`Cannot add option '${option.flags}'${this._name && ` to command '${this._name}'`} due to conflicting flag '${matchingFlag}'
-  already used by option '${matchingOption.flags}'`);
        }
        this._initOptionGroup(option);
        this.options.push(option);
      }
      /**
       * Check for command name and alias conflicts with existing commands.
       * Register command if no conflicts found, or throw on conflict.
       *
       * @param {Command} command
       * @private
       */
      _registerCommand(command) {
        const knownBy = (cmd) => {
          return [cmd.name()].concat(cmd.aliases());
        };
        const alreadyUsed = knownBy(command).find(
          (name) => this._findCommand(name)
        );
        if (alreadyUsed) {
          const existingCmd = knownBy(this._findCommand(alreadyUsed)).join("|");
          const newCmd = knownBy(command).join("|");
          throw new Error(
            `cannot add command '${newCmd}' as already have command '${existingCmd}'`
          );
        }
        this._initCommandGroup(command);
        this.commands.push(command);
      }
      /**
       * Add an option.
       *
       * @param {Option} option
       * @return {Command} `this` command for chaining
       */
      addOption(option) {
        this._registerOption(option);
        const oname = option.name();
        const name = option.attributeName();
        if (option.negate) {
          const positiveLongFlag = option.long.replace(/^--no-/, "--");
          if (!this._findOption(positiveLongFlag)) {
            this.setOptionValueWithSource(
              name,
              option.defaultValue === void 0 ? true : option.defaultValue,
              "default"
            );
          }
        } else if (option.defaultValue !== void 0) {
          this.setOptionValueWithSource(name, option.defaultValue, "default");
        }
        const handleOptionValue = (val, invalidValueMessage, valueSource) => {
          if (val == null && option.presetArg !== void 0) {
            val = option.presetArg;
          }
          const oldValue = this.getOptionValue(name);
          if (val !== null && option.parseArg) {
            val = this._callParseArg(option, val, oldValue, invalidValueMessage);
          } else if (val !== null && option.variadic) {
            val = option._collectValue(val, oldValue);
          }
          if (val == null) {
            if (option.negate) {
              val = false;
            } else if (option.isBoolean() || option.optional) {
              val = true;
            } else {
              val = "";
            }
          }
          this.setOptionValueWithSource(name, val, valueSource);
        };
        this.on("option:" + oname, (val) => {
          const invalidValueMessage = `error: option '${option.flags}' argument '${val}' is invalid.`;
          handleOptionValue(val, invalidValueMessage, "cli");
        });
        if (option.envVar) {
          this.on("optionEnv:" + oname, (val) => {
            const invalidValueMessage = `error: option '${option.flags}' value '${val}' from env '${option.envVar}' is invalid.`;
            handleOptionValue(val, invalidValueMessage, "env");
          });
        }
        return this;
      }
      /**
       * Internal implementation shared by .option() and .requiredOption()
       *
       * @return {Command} `this` command for chaining
       * @private
       */
      _optionEx(config, flags, description, fn, defaultValue) {
        if (typeof flags === "object" && flags instanceof Option2) {
          throw new Error(
            "To add an Option object use addOption() instead of option() or requiredOption()"
          );
        }
        const option = this.createOption(flags, description);
        option.makeOptionMandatory(!!config.mandatory);
        if (typeof fn === "function") {
          option.default(defaultValue).argParser(fn);
        } else if (fn instanceof RegExp) {
          const regex2 = fn;
          fn = (val, def) => {
            const m = regex2.exec(val);
            return m ? m[0] : def;
          };
          option.default(defaultValue).argParser(fn);
        } else {
          option.default(fn);
        }
        return this.addOption(option);
      }
      /**
       * Define option with `flags`, `description`, and optional argument parsing function or `defaultValue` or both.
       *
       * The `flags` string contains the short and/or long flags, separated by comma, a pipe or space. A required
       * option-argument is indicated by `<>` and an optional option-argument by `[]`.
       *
       * See the README for more details, and see also addOption() and requiredOption().
       *
       * @example
       * program
       *     .option('-p, --pepper', 'add pepper')
       *     .option('--pt, --pizza-type <TYPE>', 'type of pizza') // required option-argument
       *     .option('-c, --cheese [CHEESE]', 'add extra cheese', 'mozzarella') // optional option-argument with default
       *     .option('-t, --tip <VALUE>', 'add tip to purchase cost', parseFloat) // custom parse function
       *
       * @param {string} flags
       * @param {string} [description]
       * @param {(Function|*)} [parseArg] - custom option processing function or default value
       * @param {*} [defaultValue]
       * @return {Command} `this` command for chaining
       */
      option(flags, description, parseArg, defaultValue) {
        return this._optionEx({}, flags, description, parseArg, defaultValue);
      }
      /**
       * Add a required option which must have a value after parsing. This usually means
       * the option must be specified on the command line. (Otherwise the same as .option().)
       *
       * The `flags` string contains the short and/or long flags, separated by comma, a pipe or space.
       *
       * @param {string} flags
       * @param {string} [description]
       * @param {(Function|*)} [parseArg] - custom option processing function or default value
       * @param {*} [defaultValue]
       * @return {Command} `this` command for chaining
       */
      requiredOption(flags, description, parseArg, defaultValue) {
        return this._optionEx(
          { mandatory: true },
          flags,
          description,
          parseArg,
          defaultValue
        );
      }
      /**
       * Alter parsing of short flags with optional values.
       *
       * @example
       * // for `.option('-f,--flag [value]'):
       * program.combineFlagAndOptionalValue(true);  // `-f80` is treated like `--flag=80`, this is the default behaviour
       * program.combineFlagAndOptionalValue(false) // `-fb` is treated like `-f -b`
       *
       * @param {boolean} [combine] - if `true` or omitted, an optional value can be specified directly after the flag.
       * @return {Command} `this` command for chaining
       */
      combineFlagAndOptionalValue(combine = true) {
        this._combineFlagAndOptionalValue = !!combine;
        return this;
      }
      /**
       * Allow unknown options on the command line.
       *
       * @param {boolean} [allowUnknown] - if `true` or omitted, no error will be thrown for unknown options.
       * @return {Command} `this` command for chaining
       */
      allowUnknownOption(allowUnknown = true) {
        this._allowUnknownOption = !!allowUnknown;
        return this;
      }
      /**
       * Allow excess command-arguments on the command line. Pass false to make excess arguments an error.
       *
       * @param {boolean} [allowExcess] - if `true` or omitted, no error will be thrown for excess arguments.
       * @return {Command} `this` command for chaining
       */
      allowExcessArguments(allowExcess = true) {
        this._allowExcessArguments = !!allowExcess;
        return this;
      }
      /**
       * Enable positional options. Positional means global options are specified before subcommands which lets
       * subcommands reuse the same option names, and also enables subcommands to turn on passThroughOptions.
       * The default behaviour is non-positional and global options may appear anywhere on the command line.
       *
       * @param {boolean} [positional]
       * @return {Command} `this` command for chaining
       */
      enablePositionalOptions(positional = true) {
        this._enablePositionalOptions = !!positional;
        return this;
      }
      /**
       * Pass through options that come after command-arguments rather than treat them as command-options,
       * so actual command-options come before command-arguments. Turning this on for a subcommand requires
       * positional options to have been enabled on the program (parent commands).
       * The default behaviour is non-positional and options may appear before or after command-arguments.
       *
       * @param {boolean} [passThrough] for unknown options.
       * @return {Command} `this` command for chaining
       */
      passThroughOptions(passThrough = true) {
        this._passThroughOptions = !!passThrough;
        this._checkForBrokenPassThrough();
        return this;
      }
      /**
       * @private
       */
      _checkForBrokenPassThrough() {
        if (this.parent && this._passThroughOptions && !this.parent._enablePositionalOptions) {
          throw new Error(
            `passThroughOptions cannot be used for '${this._name}' without turning on enablePositionalOptions for parent command(s)`
          );
        }
      }
      /**
       * Whether to store option values as properties on command object,
       * or store separately (specify false). In both cases the option values can be accessed using .opts().
       *
       * @param {boolean} [storeAsProperties=true]
       * @return {Command} `this` command for chaining
       */
      storeOptionsAsProperties(storeAsProperties = true) {
        if (this.options.length) {
          throw new Error("call .storeOptionsAsProperties() before adding options");
        }
        if (Object.keys(this._optionValues).length) {
          throw new Error(
            "call .storeOptionsAsProperties() before setting option values"
          );
        }
        this._storeOptionsAsProperties = !!storeAsProperties;
        return this;
      }
      /**
       * Retrieve option value.
       *
       * @param {string} key
       * @return {object} value
       */
      getOptionValue(key) {
        if (this._storeOptionsAsProperties) {
          return this[key];
        }
        return this._optionValues[key];
      }
      /**
       * Store option value.
       *
       * @param {string} key
       * @param {object} value
       * @return {Command} `this` command for chaining
       */
      setOptionValue(key, value) {
        return this.setOptionValueWithSource(key, value, void 0);
      }
      /**
       * Store option value and where the value came from.
       *
       * @param {string} key
       * @param {object} value
       * @param {string} source - expected values are default/config/env/cli/implied
       * @return {Command} `this` command for chaining
       */
      setOptionValueWithSource(key, value, source) {
        if (this._storeOptionsAsProperties) {
          this[key] = value;
        } else {
          this._optionValues[key] = value;
        }
        this._optionValueSources[key] = source;
        return this;
      }
      /**
       * Get source of option value.
       * Expected values are default | config | env | cli | implied
       *
       * @param {string} key
       * @return {string}
       */
      getOptionValueSource(key) {
        return this._optionValueSources[key];
      }
      /**
       * Get source of option value. See also .optsWithGlobals().
       * Expected values are default | config | env | cli | implied
       *
       * @param {string} key
       * @return {string}
       */
      getOptionValueSourceWithGlobals(key) {
        let source;
        this._getCommandAndAncestors().forEach((cmd) => {
          if (cmd.getOptionValueSource(key) !== void 0) {
            source = cmd.getOptionValueSource(key);
          }
        });
        return source;
      }
      /**
       * Get user arguments from implied or explicit arguments.
       * Side-effects: set _scriptPath if args included script. Used for default program name, and subcommand searches.
       *
       * @private
       */
      _prepareUserArgs(argv, parseOptions) {
        if (argv !== void 0 && !Array.isArray(argv)) {
          throw new Error("first parameter to parse must be array or undefined");
        }
        parseOptions = parseOptions || {};
        if (argv === void 0 && parseOptions.from === void 0) {
          if (process2.versions?.electron) {
            parseOptions.from = "electron";
          }
          const execArgv = process2.execArgv ?? [];
          if (execArgv.includes("-e") || execArgv.includes("--eval") || execArgv.includes("-p") || execArgv.includes("--print")) {
            parseOptions.from = "eval";
          }
        }
        if (argv === void 0) {
          argv = process2.argv;
        }
        this.rawArgs = argv.slice();
        let userArgs;
        switch (parseOptions.from) {
          case void 0:
          case "node":
            this._scriptPath = argv[1];
            userArgs = argv.slice(2);
            break;
          case "electron":
            if (process2.defaultApp) {
              this._scriptPath = argv[1];
              userArgs = argv.slice(2);
            } else {
              userArgs = argv.slice(1);
            }
            break;
          case "user":
            userArgs = argv.slice(0);
            break;
          case "eval":
            userArgs = argv.slice(1);
            break;
          default:
            throw new Error(
              `unexpected parse option { from: '${parseOptions.from}' }`
            );
        }
        if (!this._name && this._scriptPath)
          this.nameFromFilename(this._scriptPath);
        this._name = this._name || "program";
        return userArgs;
      }
      /**
       * Parse `argv`, setting options and invoking commands when defined.
       *
       * Use parseAsync instead of parse if any of your action handlers are async.
       *
       * Call with no parameters to parse `process.argv`. Detects Electron and special node options like `node --eval`. Easy mode!
       *
       * Or call with an array of strings to parse, and optionally where the user arguments start by specifying where the arguments are `from`:
       * - `'node'`: default, `argv[0]` is the application and `argv[1]` is the script being run, with user arguments after that
       * - `'electron'`: `argv[0]` is the application and `argv[1]` varies depending on whether the electron application is packaged
       * - `'user'`: just user arguments
       *
       * @example
       * program.parse(); // parse process.argv and auto-detect electron and special node flags
       * program.parse(process.argv); // assume argv[0] is app and argv[1] is script
       * program.parse(my-args, { from: 'user' }); // just user supplied arguments, nothing special about argv[0]
       *
       * @param {string[]} [argv] - optional, defaults to process.argv
       * @param {object} [parseOptions] - optionally specify style of options with from: node/user/electron
       * @param {string} [parseOptions.from] - where the args are from: 'node', 'user', 'electron'
       * @return {Command} `this` command for chaining
       */
      parse(argv, parseOptions) {
        this._prepareForParse();
        const userArgs = this._prepareUserArgs(argv, parseOptions);
        this._parseCommand([], userArgs);
        return this;
      }
      /**
       * Parse `argv`, setting options and invoking commands when defined.
       *
       * Call with no parameters to parse `process.argv`. Detects Electron and special node options like `node --eval`. Easy mode!
       *
       * Or call with an array of strings to parse, and optionally where the user arguments start by specifying where the arguments are `from`:
       * - `'node'`: default, `argv[0]` is the application and `argv[1]` is the script being run, with user arguments after that
       * - `'electron'`: `argv[0]` is the application and `argv[1]` varies depending on whether the electron application is packaged
       * - `'user'`: just user arguments
       *
       * @example
       * await program.parseAsync(); // parse process.argv and auto-detect electron and special node flags
       * await program.parseAsync(process.argv); // assume argv[0] is app and argv[1] is script
       * await program.parseAsync(my-args, { from: 'user' }); // just user supplied arguments, nothing special about argv[0]
       *
       * @param {string[]} [argv]
       * @param {object} [parseOptions]
       * @param {string} parseOptions.from - where the args are from: 'node', 'user', 'electron'
       * @return {Promise}
       */
      async parseAsync(argv, parseOptions) {
        this._prepareForParse();
        const userArgs = this._prepareUserArgs(argv, parseOptions);
        await this._parseCommand([], userArgs);
        return this;
      }
      _prepareForParse() {
        if (this._savedState === null) {
          this.saveStateBeforeParse();
        } else {
          this.restoreStateBeforeParse();
        }
      }
      /**
       * Called the first time parse is called to save state and allow a restore before subsequent calls to parse.
       * Not usually called directly, but available for subclasses to save their custom state.
       *
       * This is called in a lazy way. Only commands used in parsing chain will have state saved.
       */
      saveStateBeforeParse() {
        this._savedState = {
          // name is stable if supplied by author, but may be unspecified for root command and deduced during parsing
          _name: this._name,
          // option values before parse have default values (including false for negated options)
          // shallow clones
          _optionValues: { ...this._optionValues },
          _optionValueSources: { ...this._optionValueSources }
        };
      }
      /**
       * Restore state before parse for calls after the first.
       * Not usually called directly, but available for subclasses to save their custom state.
       *
       * This is called in a lazy way. Only commands used in parsing chain will have state restored.
       */
      restoreStateBeforeParse() {
        if (this._storeOptionsAsProperties)
          throw new Error(`Can not call parse again when storeOptionsAsProperties is true.
- either make a new Command for each call to parse, or stop storing options as properties`);
        this._name = this._savedState._name;
        this._scriptPath = null;
        this.rawArgs = [];
        this._optionValues = { ...this._savedState._optionValues };
        this._optionValueSources = { ...this._savedState._optionValueSources };
        this.args = [];
        this.processedArgs = [];
      }
      /**
       * Throw if expected executable is missing. Add lots of help for author.
       *
       * @param {string} executableFile
       * @param {string} executableDir
       * @param {string} subcommandName
       */
      _checkForMissingExecutable(executableFile, executableDir, subcommandName) {
        if (fs.existsSync(executableFile)) return;
        const executableDirMessage = executableDir ? `searched for local subcommand relative to directory '${executableDir}'` : "no directory for search for local subcommand, use .executableDir() to supply a custom directory";
        const executableMissing = `'${executableFile}' does not exist
 - if '${subcommandName}' is not meant to be an executable command, remove description parameter from '.command()' and use '.description()' instead
 - if the default executable name is not suitable, use the executableFile option to supply a custom name or path
 - ${executableDirMessage}`;
        throw new Error(executableMissing);
      }
      /**
       * Execute a sub-command executable.
       *
       * @private
       */
      _executeSubCommand(subcommand, args) {
        args = args.slice();
        let launchWithNode = false;
        const sourceExt = [".js", ".ts", ".tsx", ".mjs", ".cjs"];
        function findFile(baseDir, baseName) {
          const localBin = path.resolve(baseDir, baseName);
          if (fs.existsSync(localBin)) return localBin;
          if (sourceExt.includes(path.extname(baseName))) return void 0;
          const foundExt = sourceExt.find(
            (ext) => fs.existsSync(`${localBin}${ext}`)
          );
          if (foundExt) return `${localBin}${foundExt}`;
          return void 0;
        }
        this._checkForMissingMandatoryOptions();
        this._checkForConflictingOptions();
        let executableFile = subcommand._executableFile || `${this._name}-${subcommand._name}`;
        let executableDir = this._executableDir || "";
        if (this._scriptPath) {
          let resolvedScriptPath;
          try {
            resolvedScriptPath = fs.realpathSync(this._scriptPath);
          } catch {
            resolvedScriptPath = this._scriptPath;
          }
          executableDir = path.resolve(
            path.dirname(resolvedScriptPath),
            executableDir
          );
        }
        if (executableDir) {
          let localFile = findFile(executableDir, executableFile);
          if (!localFile && !subcommand._executableFile && this._scriptPath) {
            const legacyName = path.basename(
              this._scriptPath,
              path.extname(this._scriptPath)
            );
            if (legacyName !== this._name) {
              localFile = findFile(
                executableDir,
                `${legacyName}-${subcommand._name}`
              );
            }
          }
          executableFile = localFile || executableFile;
        }
        launchWithNode = sourceExt.includes(path.extname(executableFile));
        let proc;
        if (process2.platform !== "win32") {
          if (launchWithNode) {
            args.unshift(executableFile);
            args = incrementNodeInspectorPort(process2.execArgv).concat(args);
            proc = childProcess.spawn(process2.argv[0], args, { stdio: "inherit" });
          } else {
            proc = childProcess.spawn(executableFile, args, { stdio: "inherit" });
          }
        } else {
          this._checkForMissingExecutable(
            executableFile,
            executableDir,
            subcommand._name
          );
          args.unshift(executableFile);
          args = incrementNodeInspectorPort(process2.execArgv).concat(args);
          proc = childProcess.spawn(process2.execPath, args, { stdio: "inherit" });
        }
        if (!proc.killed) {
          const signals = ["SIGUSR1", "SIGUSR2", "SIGTERM", "SIGINT", "SIGHUP"];
          signals.forEach((signal) => {
            process2.on(signal, () => {
              if (proc.killed === false && proc.exitCode === null) {
                proc.kill(signal);
              }
            });
          });
        }
        const exitCallback = this._exitCallback;
        proc.on("close", (code) => {
          code = code ?? 1;
          if (!exitCallback) {
            process2.exit(code);
          } else {
            exitCallback(
              new CommanderError2(
                code,
                "commander.executeSubCommandAsync",
                "(close)"
              )
            );
          }
        });
        proc.on("error", (err) => {
          if (err.code === "ENOENT") {
            this._checkForMissingExecutable(
              executableFile,
              executableDir,
              subcommand._name
            );
          } else if (err.code === "EACCES") {
            throw new Error(`'${executableFile}' not executable`);
          }
          if (!exitCallback) {
            process2.exit(1);
          } else {
            const wrappedError = new CommanderError2(
              1,
              "commander.executeSubCommandAsync",
              "(error)"
            );
            wrappedError.nestedError = err;
            exitCallback(wrappedError);
          }
        });
        this.runningCommand = proc;
      }
      /**
       * @private
       */
      _dispatchSubcommand(commandName, operands, unknown2) {
        const subCommand = this._findCommand(commandName);
        if (!subCommand) this.help({ error: true });
        subCommand._prepareForParse();
        let promiseChain;
        promiseChain = this._chainOrCallSubCommandHook(
          promiseChain,
          subCommand,
          "preSubcommand"
        );
        promiseChain = this._chainOrCall(promiseChain, () => {
          if (subCommand._executableHandler) {
            this._executeSubCommand(subCommand, operands.concat(unknown2));
          } else {
            return subCommand._parseCommand(operands, unknown2);
          }
        });
        return promiseChain;
      }
      /**
       * Invoke help directly if possible, or dispatch if necessary.
       * e.g. help foo
       *
       * @private
       */
      _dispatchHelpCommand(subcommandName) {
        if (!subcommandName) {
          this.help();
        }
        const subCommand = this._findCommand(subcommandName);
        if (subCommand && !subCommand._executableHandler) {
          subCommand.help();
        }
        return this._dispatchSubcommand(
          subcommandName,
          [],
          [this._getHelpOption()?.long ?? this._getHelpOption()?.short ?? "--help"]
        );
      }
      /**
       * Check this.args against expected this.registeredArguments.
       *
       * @private
       */
      _checkNumberOfArguments() {
        this.registeredArguments.forEach((arg, i) => {
          if (arg.required && this.args[i] == null) {
            this.missingArgument(arg.name());
          }
        });
        if (this.registeredArguments.length > 0 && this.registeredArguments[this.registeredArguments.length - 1].variadic) {
          return;
        }
        if (this.args.length > this.registeredArguments.length) {
          this._excessArguments(this.args);
        }
      }
      /**
       * Process this.args using this.registeredArguments and save as this.processedArgs!
       *
       * @private
       */
      _processArguments() {
        const myParseArg = (argument, value, previous) => {
          let parsedValue = value;
          if (value !== null && argument.parseArg) {
            const invalidValueMessage = `error: command-argument value '${value}' is invalid for argument '${argument.name()}'.`;
            parsedValue = this._callParseArg(
              argument,
              value,
              previous,
              invalidValueMessage
            );
          }
          return parsedValue;
        };
        this._checkNumberOfArguments();
        const processedArgs = [];
        this.registeredArguments.forEach((declaredArg, index) => {
          let value = declaredArg.defaultValue;
          if (declaredArg.variadic) {
            if (index < this.args.length) {
              value = this.args.slice(index);
              if (declaredArg.parseArg) {
                value = value.reduce((processed, v) => {
                  return myParseArg(declaredArg, v, processed);
                }, declaredArg.defaultValue);
              }
            } else if (value === void 0) {
              value = [];
            }
          } else if (index < this.args.length) {
            value = this.args[index];
            if (declaredArg.parseArg) {
              value = myParseArg(declaredArg, value, declaredArg.defaultValue);
            }
          }
          processedArgs[index] = value;
        });
        this.processedArgs = processedArgs;
      }
      /**
       * Once we have a promise we chain, but call synchronously until then.
       *
       * @param {(Promise|undefined)} promise
       * @param {Function} fn
       * @return {(Promise|undefined)}
       * @private
       */
      _chainOrCall(promise, fn) {
        if (promise?.then && typeof promise.then === "function") {
          return promise.then(() => fn());
        }
        return fn();
      }
      /**
       *
       * @param {(Promise|undefined)} promise
       * @param {string} event
       * @return {(Promise|undefined)}
       * @private
       */
      _chainOrCallHooks(promise, event) {
        let result = promise;
        const hooks = [];
        this._getCommandAndAncestors().reverse().filter((cmd) => cmd._lifeCycleHooks[event] !== void 0).forEach((hookedCommand) => {
          hookedCommand._lifeCycleHooks[event].forEach((callback) => {
            hooks.push({ hookedCommand, callback });
          });
        });
        if (event === "postAction") {
          hooks.reverse();
        }
        hooks.forEach((hookDetail) => {
          result = this._chainOrCall(result, () => {
            return hookDetail.callback(hookDetail.hookedCommand, this);
          });
        });
        return result;
      }
      /**
       *
       * @param {(Promise|undefined)} promise
       * @param {Command} subCommand
       * @param {string} event
       * @return {(Promise|undefined)}
       * @private
       */
      _chainOrCallSubCommandHook(promise, subCommand, event) {
        let result = promise;
        if (this._lifeCycleHooks[event] !== void 0) {
          this._lifeCycleHooks[event].forEach((hook) => {
            result = this._chainOrCall(result, () => {
              return hook(this, subCommand);
            });
          });
        }
        return result;
      }
      /**
       * Process arguments in context of this command.
       * Returns action result, in case it is a promise.
       *
       * @private
       */
      _parseCommand(operands, unknown2) {
        const parsed = this.parseOptions(unknown2);
        this._parseOptionsEnv();
        this._parseOptionsImplied();
        operands = operands.concat(parsed.operands);
        unknown2 = parsed.unknown;
        this.args = operands.concat(unknown2);
        if (operands && this._findCommand(operands[0])) {
          return this._dispatchSubcommand(operands[0], operands.slice(1), unknown2);
        }
        if (this._getHelpCommand() && operands[0] === this._getHelpCommand().name()) {
          return this._dispatchHelpCommand(operands[1]);
        }
        if (this._defaultCommandName) {
          this._outputHelpIfRequested(unknown2);
          return this._dispatchSubcommand(
            this._defaultCommandName,
            operands,
            unknown2
          );
        }
        if (this.commands.length && this.args.length === 0 && !this._actionHandler && !this._defaultCommandName) {
          this.help({ error: true });
        }
        this._outputHelpIfRequested(parsed.unknown);
        this._checkForMissingMandatoryOptions();
        this._checkForConflictingOptions();
        const checkForUnknownOptions = () => {
          if (parsed.unknown.length > 0) {
            this.unknownOption(parsed.unknown[0]);
          }
        };
        const commandEvent = `command:${this.name()}`;
        if (this._actionHandler) {
          checkForUnknownOptions();
          this._processArguments();
          let promiseChain;
          promiseChain = this._chainOrCallHooks(promiseChain, "preAction");
          promiseChain = this._chainOrCall(
            promiseChain,
            () => this._actionHandler(this.processedArgs)
          );
          if (this.parent) {
            promiseChain = this._chainOrCall(promiseChain, () => {
              this.parent.emit(commandEvent, operands, unknown2);
            });
          }
          promiseChain = this._chainOrCallHooks(promiseChain, "postAction");
          return promiseChain;
        }
        if (this.parent?.listenerCount(commandEvent)) {
          checkForUnknownOptions();
          this._processArguments();
          this.parent.emit(commandEvent, operands, unknown2);
        } else if (operands.length) {
          if (this._findCommand("*")) {
            return this._dispatchSubcommand("*", operands, unknown2);
          }
          if (this.listenerCount("command:*")) {
            this.emit("command:*", operands, unknown2);
          } else if (this.commands.length) {
            this.unknownCommand();
          } else {
            checkForUnknownOptions();
            this._processArguments();
          }
        } else if (this.commands.length) {
          checkForUnknownOptions();
          this.help({ error: true });
        } else {
          checkForUnknownOptions();
          this._processArguments();
        }
      }
      /**
       * Find matching command.
       *
       * @private
       * @return {Command | undefined}
       */
      _findCommand(name) {
        if (!name) return void 0;
        return this.commands.find(
          (cmd) => cmd._name === name || cmd._aliases.includes(name)
        );
      }
      /**
       * Return an option matching `arg` if any.
       *
       * @param {string} arg
       * @return {Option}
       * @package
       */
      _findOption(arg) {
        return this.options.find((option) => option.is(arg));
      }
      /**
       * Display an error message if a mandatory option does not have a value.
       * Called after checking for help flags in leaf subcommand.
       *
       * @private
       */
      _checkForMissingMandatoryOptions() {
        this._getCommandAndAncestors().forEach((cmd) => {
          cmd.options.forEach((anOption) => {
            if (anOption.mandatory && cmd.getOptionValue(anOption.attributeName()) === void 0) {
              cmd.missingMandatoryOptionValue(anOption);
            }
          });
        });
      }
      /**
       * Display an error message if conflicting options are used together in this.
       *
       * @private
       */
      _checkForConflictingLocalOptions() {
        const definedNonDefaultOptions = this.options.filter((option) => {
          const optionKey = option.attributeName();
          if (this.getOptionValue(optionKey) === void 0) {
            return false;
          }
          return this.getOptionValueSource(optionKey) !== "default";
        });
        const optionsWithConflicting = definedNonDefaultOptions.filter(
          (option) => option.conflictsWith.length > 0
        );
        optionsWithConflicting.forEach((option) => {
          const conflictingAndDefined = definedNonDefaultOptions.find(
            (defined) => option.conflictsWith.includes(defined.attributeName())
          );
          if (conflictingAndDefined) {
            this._conflictingOption(option, conflictingAndDefined);
          }
        });
      }
      /**
       * Display an error message if conflicting options are used together.
       * Called after checking for help flags in leaf subcommand.
       *
       * @private
       */
      _checkForConflictingOptions() {
        this._getCommandAndAncestors().forEach((cmd) => {
          cmd._checkForConflictingLocalOptions();
        });
      }
      /**
       * Parse options from `argv` removing known options,
       * and return argv split into operands and unknown arguments.
       *
       * Side effects: modifies command by storing options. Does not reset state if called again.
       *
       * Examples:
       *
       *     argv => operands, unknown
       *     --known kkk op => [op], []
       *     op --known kkk => [op], []
       *     sub --unknown uuu op => [sub], [--unknown uuu op]
       *     sub -- --unknown uuu op => [sub --unknown uuu op], []
       *
       * @param {string[]} args
       * @return {{operands: string[], unknown: string[]}}
       */
      parseOptions(args) {
        const operands = [];
        const unknown2 = [];
        let dest = operands;
        function maybeOption(arg) {
          return arg.length > 1 && arg[0] === "-";
        }
        const negativeNumberArg = (arg) => {
          if (!/^-(\d+|\d*\.\d+)(e[+-]?\d+)?$/.test(arg)) return false;
          return !this._getCommandAndAncestors().some(
            (cmd) => cmd.options.map((opt) => opt.short).some((short) => /^-\d$/.test(short))
          );
        };
        let activeVariadicOption = null;
        let activeGroup = null;
        let i = 0;
        while (i < args.length || activeGroup) {
          const arg = activeGroup ?? args[i++];
          activeGroup = null;
          if (arg === "--") {
            if (dest === unknown2) dest.push(arg);
            dest.push(...args.slice(i));
            break;
          }
          if (activeVariadicOption && (!maybeOption(arg) || negativeNumberArg(arg))) {
            this.emit(`option:${activeVariadicOption.name()}`, arg);
            continue;
          }
          activeVariadicOption = null;
          if (maybeOption(arg)) {
            const option = this._findOption(arg);
            if (option) {
              if (option.required) {
                const value = args[i++];
                if (value === void 0) this.optionMissingArgument(option);
                this.emit(`option:${option.name()}`, value);
              } else if (option.optional) {
                let value = null;
                if (i < args.length && (!maybeOption(args[i]) || negativeNumberArg(args[i]))) {
                  value = args[i++];
                }
                this.emit(`option:${option.name()}`, value);
              } else {
                this.emit(`option:${option.name()}`);
              }
              activeVariadicOption = option.variadic ? option : null;
              continue;
            }
          }
          if (arg.length > 2 && arg[0] === "-" && arg[1] !== "-") {
            const option = this._findOption(`-${arg[1]}`);
            if (option) {
              if (option.required || option.optional && this._combineFlagAndOptionalValue) {
                this.emit(`option:${option.name()}`, arg.slice(2));
              } else {
                this.emit(`option:${option.name()}`);
                activeGroup = `-${arg.slice(2)}`;
              }
              continue;
            }
          }
          if (/^--[^=]+=/.test(arg)) {
            const index = arg.indexOf("=");
            const option = this._findOption(arg.slice(0, index));
            if (option && (option.required || option.optional)) {
              this.emit(`option:${option.name()}`, arg.slice(index + 1));
              continue;
            }
          }
          if (dest === operands && maybeOption(arg) && !(this.commands.length === 0 && negativeNumberArg(arg))) {
            dest = unknown2;
          }
          if ((this._enablePositionalOptions || this._passThroughOptions) && operands.length === 0 && unknown2.length === 0) {
            if (this._findCommand(arg)) {
              operands.push(arg);
              unknown2.push(...args.slice(i));
              break;
            } else if (this._getHelpCommand() && arg === this._getHelpCommand().name()) {
              operands.push(arg, ...args.slice(i));
              break;
            } else if (this._defaultCommandName) {
              unknown2.push(arg, ...args.slice(i));
              break;
            }
          }
          if (this._passThroughOptions) {
            dest.push(arg, ...args.slice(i));
            break;
          }
          dest.push(arg);
        }
        return { operands, unknown: unknown2 };
      }
      /**
       * Return an object containing local option values as key-value pairs.
       *
       * @return {object}
       */
      opts() {
        if (this._storeOptionsAsProperties) {
          const result = {};
          const len = this.options.length;
          for (let i = 0; i < len; i++) {
            const key = this.options[i].attributeName();
            result[key] = key === this._versionOptionName ? this._version : this[key];
          }
          return result;
        }
        return this._optionValues;
      }
      /**
       * Return an object containing merged local and global option values as key-value pairs.
       *
       * @return {object}
       */
      optsWithGlobals() {
        return this._getCommandAndAncestors().reduce(
          (combinedOptions, cmd) => Object.assign(combinedOptions, cmd.opts()),
          {}
        );
      }
      /**
       * Display error message and exit (or call exitOverride).
       *
       * @param {string} message
       * @param {object} [errorOptions]
       * @param {string} [errorOptions.code] - an id string representing the error
       * @param {number} [errorOptions.exitCode] - used with process.exit
       */
      error(message, errorOptions) {
        this._outputConfiguration.outputError(
          `${message}
`,
          this._outputConfiguration.writeErr
        );
        if (typeof this._showHelpAfterError === "string") {
          this._outputConfiguration.writeErr(`${this._showHelpAfterError}
`);
        } else if (this._showHelpAfterError) {
          this._outputConfiguration.writeErr("\n");
          this.outputHelp({ error: true });
        }
        const config = errorOptions || {};
        const exitCode = config.exitCode || 1;
        const code = config.code || "commander.error";
        this._exit(exitCode, code, message);
      }
      /**
       * Apply any option related environment variables, if option does
       * not have a value from cli or client code.
       *
       * @private
       */
      _parseOptionsEnv() {
        this.options.forEach((option) => {
          if (option.envVar && option.envVar in process2.env) {
            const optionKey = option.attributeName();
            if (this.getOptionValue(optionKey) === void 0 || ["default", "config", "env"].includes(
              this.getOptionValueSource(optionKey)
            )) {
              if (option.required || option.optional) {
                this.emit(`optionEnv:${option.name()}`, process2.env[option.envVar]);
              } else {
                this.emit(`optionEnv:${option.name()}`);
              }
            }
          }
        });
      }
      /**
       * Apply any implied option values, if option is undefined or default value.
       *
       * @private
       */
      _parseOptionsImplied() {
        const dualHelper = new DualOptions(this.options);
        const hasCustomOptionValue = (optionKey) => {
          return this.getOptionValue(optionKey) !== void 0 && !["default", "implied"].includes(this.getOptionValueSource(optionKey));
        };
        this.options.filter(
          (option) => option.implied !== void 0 && hasCustomOptionValue(option.attributeName()) && dualHelper.valueFromOption(
            this.getOptionValue(option.attributeName()),
            option
          )
        ).forEach((option) => {
          Object.keys(option.implied).filter((impliedKey) => !hasCustomOptionValue(impliedKey)).forEach((impliedKey) => {
            this.setOptionValueWithSource(
              impliedKey,
              option.implied[impliedKey],
              "implied"
            );
          });
        });
      }
      /**
       * Argument `name` is missing.
       *
       * @param {string} name
       * @private
       */
      missingArgument(name) {
        const message = `error: missing required argument '${name}'`;
        this.error(message, { code: "commander.missingArgument" });
      }
      /**
       * `Option` is missing an argument.
       *
       * @param {Option} option
       * @private
       */
      optionMissingArgument(option) {
        const message = `error: option '${option.flags}' argument missing`;
        this.error(message, { code: "commander.optionMissingArgument" });
      }
      /**
       * `Option` does not have a value, and is a mandatory option.
       *
       * @param {Option} option
       * @private
       */
      missingMandatoryOptionValue(option) {
        const message = `error: required option '${option.flags}' not specified`;
        this.error(message, { code: "commander.missingMandatoryOptionValue" });
      }
      /**
       * `Option` conflicts with another option.
       *
       * @param {Option} option
       * @param {Option} conflictingOption
       * @private
       */
      _conflictingOption(option, conflictingOption) {
        const findBestOptionFromValue = (option2) => {
          const optionKey = option2.attributeName();
          const optionValue = this.getOptionValue(optionKey);
          const negativeOption = this.options.find(
            (target) => target.negate && optionKey === target.attributeName()
          );
          const positiveOption = this.options.find(
            (target) => !target.negate && optionKey === target.attributeName()
          );
          if (negativeOption && (negativeOption.presetArg === void 0 && optionValue === false || negativeOption.presetArg !== void 0 && optionValue === negativeOption.presetArg)) {
            return negativeOption;
          }
          return positiveOption || option2;
        };
        const getErrorMessage = (option2) => {
          const bestOption = findBestOptionFromValue(option2);
          const optionKey = bestOption.attributeName();
          const source = this.getOptionValueSource(optionKey);
          if (source === "env") {
            return `environment variable '${bestOption.envVar}'`;
          }
          return `option '${bestOption.flags}'`;
        };
        const message = `error: ${getErrorMessage(option)} cannot be used with ${getErrorMessage(conflictingOption)}`;
        this.error(message, { code: "commander.conflictingOption" });
      }
      /**
       * Unknown option `flag`.
       *
       * @param {string} flag
       * @private
       */
      unknownOption(flag) {
        if (this._allowUnknownOption) return;
        let suggestion2 = "";
        if (flag.startsWith("--") && this._showSuggestionAfterError) {
          let candidateFlags = [];
          let command = this;
          do {
            const moreFlags = command.createHelp().visibleOptions(command).filter((option) => option.long).map((option) => option.long);
            candidateFlags = candidateFlags.concat(moreFlags);
            command = command.parent;
          } while (command && !command._enablePositionalOptions);
          suggestion2 = suggestSimilar(flag, candidateFlags);
        }
        const message = `error: unknown option '${flag}'${suggestion2}`;
        this.error(message, { code: "commander.unknownOption" });
      }
      /**
       * Excess arguments, more than expected.
       *
       * @param {string[]} receivedArgs
       * @private
       */
      _excessArguments(receivedArgs) {
        if (this._allowExcessArguments) return;
        const expected = this.registeredArguments.length;
        const s = expected === 1 ? "" : "s";
        const forSubcommand = this.parent ? ` for '${this.name()}'` : "";
        const message = `error: too many arguments${forSubcommand}. Expected ${expected} argument${s} but got ${receivedArgs.length}.`;
        this.error(message, { code: "commander.excessArguments" });
      }
      /**
       * Unknown command.
       *
       * @private
       */
      unknownCommand() {
        const unknownName = this.args[0];
        let suggestion2 = "";
        if (this._showSuggestionAfterError) {
          const candidateNames = [];
          this.createHelp().visibleCommands(this).forEach((command) => {
            candidateNames.push(command.name());
            if (command.alias()) candidateNames.push(command.alias());
          });
          suggestion2 = suggestSimilar(unknownName, candidateNames);
        }
        const message = `error: unknown command '${unknownName}'${suggestion2}`;
        this.error(message, { code: "commander.unknownCommand" });
      }
      /**
       * Get or set the program version.
       *
       * This method auto-registers the "-V, --version" option which will print the version number.
       *
       * You can optionally supply the flags and description to override the defaults.
       *
       * @param {string} [str]
       * @param {string} [flags]
       * @param {string} [description]
       * @return {(this | string | undefined)} `this` command for chaining, or version string if no arguments
       */
      version(str, flags, description) {
        if (str === void 0) return this._version;
        this._version = str;
        flags = flags || "-V, --version";
        description = description || "output the version number";
        const versionOption = this.createOption(flags, description);
        this._versionOptionName = versionOption.attributeName();
        this._registerOption(versionOption);
        this.on("option:" + versionOption.name(), () => {
          this._outputConfiguration.writeOut(`${str}
`);
          this._exit(0, "commander.version", str);
        });
        return this;
      }
      /**
       * Set the description.
       *
       * @param {string} [str]
       * @param {object} [argsDescription]
       * @return {(string|Command)}
       */
      description(str, argsDescription) {
        if (str === void 0 && argsDescription === void 0)
          return this._description;
        this._description = str;
        if (argsDescription) {
          this._argsDescription = argsDescription;
        }
        return this;
      }
      /**
       * Set the summary. Used when listed as subcommand of parent.
       *
       * @param {string} [str]
       * @return {(string|Command)}
       */
      summary(str) {
        if (str === void 0) return this._summary;
        this._summary = str;
        return this;
      }
      /**
       * Set an alias for the command.
       *
       * You may call more than once to add multiple aliases. Only the first alias is shown in the auto-generated help.
       *
       * @param {string} [alias]
       * @return {(string|Command)}
       */
      alias(alias) {
        if (alias === void 0) return this._aliases[0];
        let command = this;
        if (this.commands.length !== 0 && this.commands[this.commands.length - 1]._executableHandler) {
          command = this.commands[this.commands.length - 1];
        }
        if (alias === command._name)
          throw new Error("Command alias can't be the same as its name");
        const matchingCommand = this.parent?._findCommand(alias);
        if (matchingCommand) {
          const existingCmd = [matchingCommand.name()].concat(matchingCommand.aliases()).join("|");
          throw new Error(
            `cannot add alias '${alias}' to command '${this.name()}' as already have command '${existingCmd}'`
          );
        }
        command._aliases.push(alias);
        return this;
      }
      /**
       * Set aliases for the command.
       *
       * Only the first alias is shown in the auto-generated help.
       *
       * @param {string[]} [aliases]
       * @return {(string[]|Command)}
       */
      aliases(aliases) {
        if (aliases === void 0) return this._aliases;
        aliases.forEach((alias) => this.alias(alias));
        return this;
      }
      /**
       * Set / get the command usage `str`.
       *
       * @param {string} [str]
       * @return {(string|Command)}
       */
      usage(str) {
        if (str === void 0) {
          if (this._usage) return this._usage;
          const args = this.registeredArguments.map((arg) => {
            return humanReadableArgName(arg);
          });
          return [].concat(
            this.options.length || this._helpOption !== null ? "[options]" : [],
            this.commands.length ? "[command]" : [],
            this.registeredArguments.length ? args : []
          ).join(" ");
        }
        this._usage = str;
        return this;
      }
      /**
       * Get or set the name of the command.
       *
       * @param {string} [str]
       * @return {(string|Command)}
       */
      name(str) {
        if (str === void 0) return this._name;
        this._name = str;
        return this;
      }
      /**
       * Set/get the help group heading for this subcommand in parent command's help.
       *
       * @param {string} [heading]
       * @return {Command | string}
       */
      helpGroup(heading) {
        if (heading === void 0) return this._helpGroupHeading ?? "";
        this._helpGroupHeading = heading;
        return this;
      }
      /**
       * Set/get the default help group heading for subcommands added to this command.
       * (This does not override a group set directly on the subcommand using .helpGroup().)
       *
       * @example
       * program.commandsGroup('Development Commands:);
       * program.command('watch')...
       * program.command('lint')...
       * ...
       *
       * @param {string} [heading]
       * @returns {Command | string}
       */
      commandsGroup(heading) {
        if (heading === void 0) return this._defaultCommandGroup ?? "";
        this._defaultCommandGroup = heading;
        return this;
      }
      /**
       * Set/get the default help group heading for options added to this command.
       * (This does not override a group set directly on the option using .helpGroup().)
       *
       * @example
       * program
       *   .optionsGroup('Development Options:')
       *   .option('-d, --debug', 'output extra debugging')
       *   .option('-p, --profile', 'output profiling information')
       *
       * @param {string} [heading]
       * @returns {Command | string}
       */
      optionsGroup(heading) {
        if (heading === void 0) return this._defaultOptionGroup ?? "";
        this._defaultOptionGroup = heading;
        return this;
      }
      /**
       * @param {Option} option
       * @private
       */
      _initOptionGroup(option) {
        if (this._defaultOptionGroup && !option.helpGroupHeading)
          option.helpGroup(this._defaultOptionGroup);
      }
      /**
       * @param {Command} cmd
       * @private
       */
      _initCommandGroup(cmd) {
        if (this._defaultCommandGroup && !cmd.helpGroup())
          cmd.helpGroup(this._defaultCommandGroup);
      }
      /**
       * Set the name of the command from script filename, such as process.argv[1],
       * or require.main.filename, or __filename.
       *
       * (Used internally and public although not documented in README.)
       *
       * @example
       * program.nameFromFilename(require.main.filename);
       *
       * @param {string} filename
       * @return {Command}
       */
      nameFromFilename(filename) {
        this._name = path.basename(filename, path.extname(filename));
        return this;
      }
      /**
       * Get or set the directory for searching for executable subcommands of this command.
       *
       * @example
       * program.executableDir(__dirname);
       * // or
       * program.executableDir('subcommands');
       *
       * @param {string} [path]
       * @return {(string|null|Command)}
       */
      executableDir(path2) {
        if (path2 === void 0) return this._executableDir;
        this._executableDir = path2;
        return this;
      }
      /**
       * Return program help documentation.
       *
       * @param {{ error: boolean }} [contextOptions] - pass {error:true} to wrap for stderr instead of stdout
       * @return {string}
       */
      helpInformation(contextOptions) {
        const helper = this.createHelp();
        const context = this._getOutputContext(contextOptions);
        helper.prepareContext({
          error: context.error,
          helpWidth: context.helpWidth,
          outputHasColors: context.hasColors
        });
        const text2 = helper.formatHelp(this, helper);
        if (context.hasColors) return text2;
        return this._outputConfiguration.stripColor(text2);
      }
      /**
       * @typedef HelpContext
       * @type {object}
       * @property {boolean} error
       * @property {number} helpWidth
       * @property {boolean} hasColors
       * @property {function} write - includes stripColor if needed
       *
       * @returns {HelpContext}
       * @private
       */
      _getOutputContext(contextOptions) {
        contextOptions = contextOptions || {};
        const error = !!contextOptions.error;
        let baseWrite;
        let hasColors;
        let helpWidth;
        if (error) {
          baseWrite = (str) => this._outputConfiguration.writeErr(str);
          hasColors = this._outputConfiguration.getErrHasColors();
          helpWidth = this._outputConfiguration.getErrHelpWidth();
        } else {
          baseWrite = (str) => this._outputConfiguration.writeOut(str);
          hasColors = this._outputConfiguration.getOutHasColors();
          helpWidth = this._outputConfiguration.getOutHelpWidth();
        }
        const write = (str) => {
          if (!hasColors) str = this._outputConfiguration.stripColor(str);
          return baseWrite(str);
        };
        return { error, write, hasColors, helpWidth };
      }
      /**
       * Output help information for this command.
       *
       * Outputs built-in help, and custom text added using `.addHelpText()`.
       *
       * @param {{ error: boolean } | Function} [contextOptions] - pass {error:true} to write to stderr instead of stdout
       */
      outputHelp(contextOptions) {
        let deprecatedCallback;
        if (typeof contextOptions === "function") {
          deprecatedCallback = contextOptions;
          contextOptions = void 0;
        }
        const outputContext = this._getOutputContext(contextOptions);
        const eventContext = {
          error: outputContext.error,
          write: outputContext.write,
          command: this
        };
        this._getCommandAndAncestors().reverse().forEach((command) => command.emit("beforeAllHelp", eventContext));
        this.emit("beforeHelp", eventContext);
        let helpInformation = this.helpInformation({ error: outputContext.error });
        if (deprecatedCallback) {
          helpInformation = deprecatedCallback(helpInformation);
          if (typeof helpInformation !== "string" && !Buffer.isBuffer(helpInformation)) {
            throw new Error("outputHelp callback must return a string or a Buffer");
          }
        }
        outputContext.write(helpInformation);
        if (this._getHelpOption()?.long) {
          this.emit(this._getHelpOption().long);
        }
        this.emit("afterHelp", eventContext);
        this._getCommandAndAncestors().forEach(
          (command) => command.emit("afterAllHelp", eventContext)
        );
      }
      /**
       * You can pass in flags and a description to customise the built-in help option.
       * Pass in false to disable the built-in help option.
       *
       * @example
       * program.helpOption('-?, --help' 'show help'); // customise
       * program.helpOption(false); // disable
       *
       * @param {(string | boolean)} flags
       * @param {string} [description]
       * @return {Command} `this` command for chaining
       */
      helpOption(flags, description) {
        if (typeof flags === "boolean") {
          if (flags) {
            if (this._helpOption === null) this._helpOption = void 0;
            if (this._defaultOptionGroup) {
              this._initOptionGroup(this._getHelpOption());
            }
          } else {
            this._helpOption = null;
          }
          return this;
        }
        this._helpOption = this.createOption(
          flags ?? "-h, --help",
          description ?? "display help for command"
        );
        if (flags || description) this._initOptionGroup(this._helpOption);
        return this;
      }
      /**
       * Lazy create help option.
       * Returns null if has been disabled with .helpOption(false).
       *
       * @returns {(Option | null)} the help option
       * @package
       */
      _getHelpOption() {
        if (this._helpOption === void 0) {
          this.helpOption(void 0, void 0);
        }
        return this._helpOption;
      }
      /**
       * Supply your own option to use for the built-in help option.
       * This is an alternative to using helpOption() to customise the flags and description etc.
       *
       * @param {Option} option
       * @return {Command} `this` command for chaining
       */
      addHelpOption(option) {
        this._helpOption = option;
        this._initOptionGroup(option);
        return this;
      }
      /**
       * Output help information and exit.
       *
       * Outputs built-in help, and custom text added using `.addHelpText()`.
       *
       * @param {{ error: boolean }} [contextOptions] - pass {error:true} to write to stderr instead of stdout
       */
      help(contextOptions) {
        this.outputHelp(contextOptions);
        let exitCode = Number(process2.exitCode ?? 0);
        if (exitCode === 0 && contextOptions && typeof contextOptions !== "function" && contextOptions.error) {
          exitCode = 1;
        }
        this._exit(exitCode, "commander.help", "(outputHelp)");
      }
      /**
       * // Do a little typing to coordinate emit and listener for the help text events.
       * @typedef HelpTextEventContext
       * @type {object}
       * @property {boolean} error
       * @property {Command} command
       * @property {function} write
       */
      /**
       * Add additional text to be displayed with the built-in help.
       *
       * Position is 'before' or 'after' to affect just this command,
       * and 'beforeAll' or 'afterAll' to affect this command and all its subcommands.
       *
       * @param {string} position - before or after built-in help
       * @param {(string | Function)} text - string to add, or a function returning a string
       * @return {Command} `this` command for chaining
       */
      addHelpText(position, text2) {
        const allowedValues = ["beforeAll", "before", "after", "afterAll"];
        if (!allowedValues.includes(position)) {
          throw new Error(`Unexpected value for position to addHelpText.
Expecting one of '${allowedValues.join("', '")}'`);
        }
        const helpEvent = `${position}Help`;
        this.on(helpEvent, (context) => {
          let helpStr;
          if (typeof text2 === "function") {
            helpStr = text2({ error: context.error, command: context.command });
          } else {
            helpStr = text2;
          }
          if (helpStr) {
            context.write(`${helpStr}
`);
          }
        });
        return this;
      }
      /**
       * Output help information if help flags specified
       *
       * @param {Array} args - array of options to search for help flags
       * @private
       */
      _outputHelpIfRequested(args) {
        const helpOption = this._getHelpOption();
        const helpRequested = helpOption && args.find((arg) => helpOption.is(arg));
        if (helpRequested) {
          this.outputHelp();
          this._exit(0, "commander.helpDisplayed", "(outputHelp)");
        }
      }
    };
    function incrementNodeInspectorPort(args) {
      return args.map((arg) => {
        if (!arg.startsWith("--inspect")) {
          return arg;
        }
        let debugOption;
        let debugHost = "127.0.0.1";
        let debugPort = "9229";
        let match;
        if ((match = arg.match(/^(--inspect(-brk)?)$/)) !== null) {
          debugOption = match[1];
        } else if ((match = arg.match(/^(--inspect(-brk|-port)?)=([^:]+)$/)) !== null) {
          debugOption = match[1];
          if (/^\d+$/.test(match[3])) {
            debugPort = match[3];
          } else {
            debugHost = match[3];
          }
        } else if ((match = arg.match(/^(--inspect(-brk|-port)?)=([^:]+):(\d+)$/)) !== null) {
          debugOption = match[1];
          debugHost = match[3];
          debugPort = match[4];
        }
        if (debugOption && debugPort !== "0") {
          return `${debugOption}=${debugHost}:${parseInt(debugPort) + 1}`;
        }
        return arg;
      });
    }
    function useColor() {
      if (process2.env.NO_COLOR || process2.env.FORCE_COLOR === "0" || process2.env.FORCE_COLOR === "false")
        return false;
      if (process2.env.FORCE_COLOR || process2.env.CLICOLOR_FORCE !== void 0)
        return true;
      return void 0;
    }
    exports2.Command = Command2;
    exports2.useColor = useColor;
  }
});

// node_modules/commander/index.js
var require_commander = __commonJS({
  "node_modules/commander/index.js"(exports2) {
    var { Argument: Argument2 } = require_argument();
    var { Command: Command2 } = require_command();
    var { CommanderError: CommanderError2, InvalidArgumentError: InvalidArgumentError2 } = require_error();
    var { Help: Help2 } = require_help();
    var { Option: Option2 } = require_option();
    exports2.program = new Command2();
    exports2.createCommand = (name) => new Command2(name);
    exports2.createOption = (flags, description) => new Option2(flags, description);
    exports2.createArgument = (name, description) => new Argument2(name, description);
    exports2.Command = Command2;
    exports2.Option = Option2;
    exports2.Argument = Argument2;
    exports2.Help = Help2;
    exports2.CommanderError = CommanderError2;
    exports2.InvalidArgumentError = InvalidArgumentError2;
    exports2.InvalidOptionArgumentError = InvalidArgumentError2;
  }
});

// node_modules/commander/esm.mjs
var import_index = __toESM(require_commander(), 1);
var {
  program,
  createCommand,
  createArgument,
  createOption,
  CommanderError,
  InvalidArgumentError,
  InvalidOptionArgumentError,
  // deprecated old name
  Command,
  Argument,
  Option,
  Help
} = import_index.default;

// src/platform/runtimes.ts
var RUNTIMES = {
  "python3.10": { amazonLinux: "2" },
  "python3.11": { amazonLinux: "2" },
  "python3.12": { amazonLinux: "2023" },
  "python3.13": { amazonLinux: "2023" },
  "python3.14": { amazonLinux: "2023" }
};
var RUNTIME_NAMES = Object.keys(RUNTIMES);

// src/platform/target.ts
var ARCHITECTURES = ["x86_64", "arm64"];

// node_modules/valibot/dist/index.mjs
var store$4;
var DEFAULT_CONFIG = {
  lang: void 0,
  message: void 0,
  abortEarly: void 0,
  abortPipeEarly: void 0
};
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
var store$3;
// @__NO_SIDE_EFFECTS__
function getGlobalMessage(lang) {
  return store$3?.get(lang);
}
var store$2;
// @__NO_SIDE_EFFECTS__
function getSchemaMessage(lang) {
  return store$2?.get(lang);
}
var store$1;
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
var EMOJI_REGEX = new RegExp("^(?:[\\u{1F1E6}-\\u{1F1FF}]{2}|\\u{1F3F4}[\\u{E0061}-\\u{E007A}]{2}[\\u{E0030}-\\u{E0039}\\u{E0061}-\\u{E007A}]{1,3}\\u{E007F}|(?:\\p{Emoji}\\uFE0F\\u20E3?|\\p{Emoji_Modifier_Base}\\p{Emoji_Modifier}?|(?![\\p{Emoji_Modifier_Base}\\u{1F1E6}-\\u{1F1FF}])\\p{Emoji_Presentation})(?:\\u200D(?:\\p{Emoji}\\uFE0F\\u20E3?|\\p{Emoji_Modifier_Base}\\p{Emoji_Modifier}?|(?![\\p{Emoji_Modifier_Base}\\u{1F1E6}-\\u{1F1FF}])\\p{Emoji_Presentation}))*)+$", "u");
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
function array(item, message$1) {
  return _standardSchema({
    kind: "schema",
    type: "array",
    reference: array,
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

// src/settings/kinds.ts
var written = union([string(), number(), boolean()]);
var words = pipe(written, transform(String), trim(), nonEmpty());
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
    transform((given2) => given2.toLowerCase() === "true")
  );
  return { ...options, format: "true, false", schema };
}
function lines({ each, ...options }) {
  const fromText = pipe(
    string(),
    transform(
      (given2) => given2.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"))
    )
  );
  const list = union([fromText, array(string())]);
  const schema = each ? pipe(
    list,
    everyItem((line) => each.test(line))
  ) : list;
  return { format: "one a line", ...options, schema };
}
function table({ names = /(?:)/, ...options }) {
  const entries = pipe(
    unknown(),
    check((given2) => !Array.isArray(given2)),
    // as objects they would have the keys 0, 1, …
    record(pipe(string(), regex(names)), pipe(written, transform(String)))
  );
  const fromText = pipe(string(), transform(readTable), entries);
  return { ...options, schema: union([fromText, entries]) };
}
function readTable(given2) {
  if (given2.trimStart().startsWith("{")) {
    try {
      return JSON.parse(given2);
    } catch {
      return void 0;
    }
  }
  const pairs = [];
  for (const line of given2.split(/\r?\n/)) {
    if (line.trim() === "" || line.trimStart().startsWith("#")) continue;
    const equals = line.indexOf("=");
    if (equals < 1) return void 0;
    pairs.push([line.slice(0, equals).trim(), line.slice(equals + 1).trim()]);
  }
  return Object.fromEntries(pairs);
}

// src/settings/account.ts
var ACCOUNT_SETTINGS = {
  "allowed-account-ids": lines({
    description: "The AWS accounts that may be worked in. With credentials of another one, nothing is done.",
    format: "one a line, of 12 digits",
    each: /^\d{12}$/,
    example: "123456789012",
    default: [],
    placeholder: "IDS"
  })
};

// src/settings/basic-auth.ts
var BASIC_AUTH_VARIABLE = "WSGI_LAMBDA_BASIC_AUTH";
var USER_AND_PASSWORD = {
  format: "USER:PASSWORD, the password with 8 characters or more; or none",
  // RFC 7617, 2: no control characters, and no colon in the user.
  pattern: /^(?:none|[^:\p{Cc}]+:[^\p{Cc}]{8,})$/u,
  isConfidential: true,
  example: "team:correct-horse-battery-staple",
  placeholder: "USER:PASSWORD"
};
var BASIC_AUTH_SETTINGS = {
  "basic-auth": text({
    ...USER_AND_PASSWORD,
    description: "Lets in only who knows this user and password; search engines are told to keep nothing. The function gets a hash.",
    defaultText: "the function's own, none for a new one"
  }),
  "basic-auth-except": lines({
    description: "Paths that everybody may request all the same, such as a health check.",
    format: "one a line, each a whole path that starts with /, without a query",
    each: /^\/[^\s?#]*$/,
    example: "/health",
    default: [],
    placeholder: "PATHS"
  })
};

// src/settings/function.ts
var NONE = "none";
function listOrNone({ each, format, ...options }) {
  const setting = lines({ ...options, format: `${format}, or ${NONE}` });
  const schema = pipe(
    setting.schema,
    transform((entries) => entries.length === 1 && entries[0] === NONE ? [] : entries),
    everyItem((entry) => each.test(entry))
  );
  return { ...setting, schema };
}
var SUBNET = /^subnet-[0-9a-f]{8,17}$/;
var SECURITY_GROUP = /^sg-[0-9a-f]{8,17}$/;
var MOUNT = /^\/mnt\/[\w.-]+=arn:aws[\w-]*:elasticfilesystem:[\w-]+:\d{12}:access-point\/fsap-[0-9a-f]+$/;
var LAYER_VERSION = /^arn:aws[\w-]*:lambda:[\w-]+:\d{12}:layer:[\w-]+:\d+$/;
function tagMistakes(tags) {
  return Object.keys(tags).filter((name) => /^(?:aws|wsgi-lambda):/i.test(name) || name === "managed-by").map((name) => ({
    entry: name,
    hint: "aws: is reserved for AWS; managed-by says that wsgi-lambda made it, and wsgi-lambda: what removes a preview."
  }));
}
var RETENTIONS = [
  ...["1", "3", "5", "7", "14", "30", "60", "90", "120", "150", "180", "365", "400", "545", "731"],
  ...["1096", "1827", "2192", "2557", "2922", "3288", "3653"]
];
var FUNCTION_SETTINGS = {
  manage: oneOf(["all", "code"], {
    description: "What a deployment changes: all, or only code, version and alias, for a function whose configuration something else owns.",
    example: "code",
    default: "all",
    placeholder: "WHAT"
  }),
  "create-role": trueOrFalse({
    description: "Make the execution role FUNCTION-NAME-role with what the function needs, and keep it so.",
    example: "true",
    default: false
  }),
  "permissions-boundary": text({
    description: "The policy that bounds what a role may do that create-role makes, whatever its own policy says.",
    format: "the ARN of an IAM policy",
    pattern: /^arn:aws[\w-]*:iam::(?:\d{12}|aws):policy\/[\w+=,.@/-]+$/,
    example: "arn:aws:iam::123456789012:policy/shop-boundary",
    placeholder: "ARN"
  }),
  "vpc-subnets": listOrNone({
    description: "The subnets of the function's VPC. none takes it out of its VPC.",
    format: "ids of subnets, one a line",
    each: SUBNET,
    example: "subnet-0a1b2c3d",
    placeholder: "IDS"
  }),
  "vpc-security-groups": listOrNone({
    description: "The security groups of the function in its VPC.",
    format: "ids of security groups, one a line",
    each: SECURITY_GROUP,
    example: "sg-0a1b2c3d",
    placeholder: "IDS"
  }),
  layers: listOrNone({
    description: "Layers of your own, in the order in which they are laid over each other.",
    format: "the ARNs of versions of layers, one a line",
    each: LAYER_VERSION,
    example: "arn:aws:lambda:eu-west-1:123456789012:layer:fonts:3",
    placeholder: "ARNS"
  }),
  "file-systems": listOrNone({
    description: "The file system that the function mounts.",
    format: "/mnt/NAME=ARN of an access point",
    each: MOUNT,
    example: "/mnt/media=arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0a1b2c3d",
    placeholder: "LINES"
  }),
  tracing: oneOf(["active", "pass-through"], {
    description: "Whether X-Ray samples requests (active), or only what the caller samples is traced.",
    example: "active",
    placeholder: "MODE"
  }),
  "ephemeral-storage": wholeNumber(512, 10240, "MB", {
    description: "The size of /tmp.",
    example: "1024",
    placeholder: "MB"
  }),
  "snap-start": trueOrFalse({
    description: "Start new environments from a snapshot that is taken of each version when it is published.",
    example: "true"
  }),
  "log-format": oneOf(["text", "json"], {
    description: "The format of the function's logs.",
    example: "json",
    placeholder: "FORMAT"
  }),
  "log-level": oneOf(["trace", "debug", "info", "warn", "error", "fatal"], {
    description: "The lowest level of the application's log lines that is kept. Needs log-format json.",
    example: "warn",
    placeholder: "LEVEL"
  }),
  "system-log-level": oneOf(["debug", "info", "warn"], {
    description: "The lowest level of Lambda's own log lines that is kept. Needs log-format json.",
    example: "warn",
    placeholder: "LEVEL"
  }),
  "log-group": text({
    description: "The log group that the function writes to. {{stage}} is filled in.",
    format: "1 to 512 letters, digits and . - _ / #",
    pattern: /^(?:[\w./#-]|\{\{\s*stage\s*\}\}){1,512}$/,
    example: "/shop/production",
    placeholder: "NAME"
  }),
  "log-retention": oneOf([...RETENTIONS, "never"], {
    description: "How many days log lines are kept; never keeps them for ever. The log group is made where there is none.",
    example: "30",
    placeholder: "DAYS"
  }),
  "kms-key": text({
    description: "The key that encrypts the function's variables; none is AWS's own.",
    format: `the ARN of a KMS key, or ${NONE}`,
    pattern: /^(?:none|arn:aws[\w-]*:kms:[\w-]+:\d{12}:key\/[\w-]+)$/,
    example: "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    placeholder: "ARN"
  }),
  "dead-letter-target": text({
    description: "The queue or topic that asynchronous events go to which the function could not handle.",
    format: `the ARN of an SQS queue or an SNS topic, or ${NONE}`,
    pattern: /^(?:none|arn:aws[\w-]*:(?:sqs|sns):[\w-]+:\d{12}:[\w.-]+)$/,
    example: "arn:aws:sqs:eu-west-1:123456789012:shop-failed",
    placeholder: "ARN"
  }),
  tags: table({
    description: "Tags of the function. They are added; others stay. {{stage}} is filled in.",
    format: "NAME=VALUE, one a line, or a JSON object",
    names: /^[^=]{1,128}$/,
    mistakes: tagMistakes,
    example: "team=shop",
    default: {},
    placeholder: "LINES"
  }),
  "reserved-concurrency": text({
    description: "How many requests the function may handle at once, out of the account's; none reserves nothing.",
    format: `a whole number from 1, or ${NONE}`,
    pattern: /^(?:none|[1-9]\d{0,5})$/,
    example: "50",
    placeholder: "NUMBER"
  }),
  "code-signing-config": text({
    description: "The code signing configuration that new code is checked against.",
    format: `the ARN of a code signing configuration, or ${NONE}`,
    pattern: /^(?:none|arn:aws[\w-]*:lambda:[\w-]+:\d{12}:code-signing-config:csc-[a-z0-9]{17})$/,
    example: "arn:aws:lambda:eu-west-1:123456789012:code-signing-config:csc-0123456789abcdef0",
    placeholder: "ARN"
  })
};

// src/settings/cors.ts
var HEADER = { format: "names of headers, one a line, or *", each: /^(?:\*|[\w!#$%&'*+.^`|~-]+)$/ };
var CORS_SETTINGS = {
  "cors-origins": listOrNone({
    description: "Sites whose pages may read answers of the Function URL. none takes back what was said.",
    format: "as https://www.example.org, one a line; or *",
    each: /^(?:\*|[a-z][a-z0-9+.-]*:\/\/[^\s/,]+)$/i,
    example: "https://www.example.org",
    placeholder: "SITES"
  }),
  "cors-methods": lines({
    description: "Methods that those pages may use.",
    format: "GET, HEAD, POST, PUT, PATCH, DELETE or *, one a line",
    each: /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|\*)$/,
    example: "POST",
    default: ["*"],
    defaultText: "*",
    placeholder: "METHODS"
  }),
  "cors-headers": lines({
    ...HEADER,
    description: "Headers that those pages may send.",
    example: "content-type",
    default: [],
    placeholder: "NAMES"
  }),
  "cors-exposed-headers": lines({
    ...HEADER,
    description: "Headers of an answer that those pages may read.",
    example: "etag",
    default: [],
    placeholder: "NAMES"
  }),
  "cors-credentials": trueOrFalse({
    description: "Let browsers send cookies with the requests of those pages.",
    example: "true",
    default: false
  }),
  "cors-max-age": wholeNumber(0, 86400, "seconds", {
    description: "How long a browser may keep what it was told about other sites.",
    example: "3600",
    default: 0,
    placeholder: "SECONDS"
  })
};

// src/settings/databases.ts
var DATABASES_VARIABLE = "WSGI_LAMBDA_DATABASES";
var DATABASE_SETTINGS = {
  "database-role": text({
    description: "The role of a version for databases alone, which makes and removes those of previews. It may read preview-database-admin, and the application is not imported there. With preview-database-access: function.",
    format: "the ARN of an IAM role",
    pattern: /^arn:aws[a-zA-Z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/,
    example: "arn:aws:iam::123456789012:role/shop-databases",
    placeholder: "ARN"
  })
};

// node_modules/leven/index.js
var array2 = [];
var characterCodeCache = [];
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
    array2[index] = ++index;
  }
  while (index2 < secondLength) {
    bCharacterCode = second.charCodeAt(start + index2);
    temporary = index2++;
    result = index2;
    for (index = 0; index < firstLength; index++) {
      temporary2 = bCharacterCode === characterCodeCache[index] ? temporary : temporary + 1;
      temporary = array2[index];
      result = array2[index] = temporary > result ? temporary2 > result ? result + 1 : temporary2 : temporary2 > temporary ? temporary + 1 : temporary2;
    }
    if (maxDistance !== void 0) {
      let rowMinimum = result;
      for (index = 0; index < firstLength; index++) {
        if (array2[index] < rowMinimum) {
          rowMinimum = array2[index];
        }
      }
      if (rowMinimum > maxDistance) {
        return maxDistance;
      }
    }
  }
  array2.length = firstLength;
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

// src/settings/suggestion.ts
function suggestion(name, known, nameOf = String) {
  const near = closestMatch(name, known, { maxDistance: Math.max(2, Math.floor(name.length / 3)) });
  return near === void 0 ? `Known: ${known.join(", ")}.` : `Did you mean ${nameOf(near)}?`;
}

// src/settings/events.ts
var SOURCES = [
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
var WAITING = ["cognito", "websocket"];
var NAME = "[\\p{L}_][\\p{L}\\p{N}_]*";
var FUNCTION = new RegExp(`^${NAME}(?:\\.${NAME})*:${NAME}(?:\\.${NAME})*$`, "u");
var COMMAND = /^\s*(?:manage|flask)(?:\s|$)/;
var WHOLE_COMMAND = /^\s*\w+\s+(?=\S)(?:[^'"\\]|\\[^]|'[^']*'|"(?:[^"\\]|\\[^])*")*$/;
var ALLOWED_TARGETS = "Allowed: module:function, manage NAME [ARGUMENTS] or flask NAME [ARGUMENTS].";
function eventMistakes(events) {
  return Object.entries(events).flatMap(([key, target]) => {
    const detail = `Given: ${JSON.stringify(key)} = ${JSON.stringify(target)}`;
    const hints = [keyHint(key), targetHint(key, target)];
    return hints.flatMap((hint) => hint === void 0 ? [] : [{ entry: JSON.stringify(key), detail, hint }]);
  });
}
function keyHint(key) {
  const arn = /(?:^|:)arn:[\w-]*:(\w+):.*?([^:/]+)$/.exec(key);
  if (arn) return `A name is never an ARN. Write ${sourceOf(arn[1] ?? "")}:${arn[2] ?? ""}, or the source alone.`;
  const [, source = "", colon = "", name = ""] = /^([^:]*)(:?)([^]*)$/.exec(key) ?? [];
  if (!SOURCES.some((known) => known === source)) {
    return `A key is SOURCE or SOURCE:NAME, as in sqs:orders. ${suggestion(source, SOURCES)}`;
  }
  if (source === "warmer" && colon !== "") return "warmer has no names: write it alone.";
  if (key === "json:_serverless-wsgi") return "That is the key of remote commands.";
  if (colon !== "" && (name === "" || name !== name.trim())) {
    return `A name stands right behind the colon. For all of them write ${source} alone.`;
  }
  return void 0;
}
function sourceOf(service) {
  const others = { events: "schedule", scheduler: "schedule" };
  return others[service] ?? SOURCES.find((known) => known === service) ?? "SOURCE";
}
function targetHint(key, target) {
  if (COMMAND.test(target)) {
    if (!WHOLE_COMMAND.test(target)) return `${ALLOWED_TARGETS} A quote needs its end.`;
    const source = key.split(":", 1)[0] ?? "";
    return WAITING.includes(source) ? `${source} waits for an answer, which only module:function gives.` : void 0;
  }
  if (FUNCTION.test(target)) return void 0;
  if (FUNCTION.test(target.replace(/\(\)$/, ""))) return `A function is named, not called: ${target.slice(0, -2)}`;
  const dotted = target.replace(/\.(\w+)$/, ":$1");
  if (FUNCTION.test(dotted)) return `A colon stands in front of the function: ${dotted}`;
  if (/^(?:exec|shell|command)(?:\s|$)/.test(target)) return `${ALLOWED_TARGETS} exec and shell are for people.`;
  return /^[a-z][\w-]*(?:\s|$)/.test(target) ? `${ALLOWED_TARGETS} Did you mean manage ${target}?` : ALLOWED_TARGETS;
}

// src/settings/packaging.ts
var NAMES = {
  format: "one name a line",
  // PEP 503 and PEP 735 take the same names.
  each: /^[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?$/
};
var REQUIREMENT_SETTINGS = {
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
var SECRET_ID = /^[A-Za-z0-9][\w.-]*$/;
function wrongSecretSources(secrets) {
  return Object.entries(secrets).filter(([, source]) => !/^(?:env|file):./.test(source)).map(([id]) => ({ entry: id, hint: "Write env:VARIABLE, or file:PATH." }));
}
var IMAGE_SETTINGS = {
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
var CONTENT_SETTINGS = {
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
    without: "Keep what no function uses too: tests, type stubs, headers, static libraries, caches.",
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
  sbom: text({
    description: "Where the bill of materials of the artifact is written: CycloneDX 1.6 as JSON, with the distributions, their hashes, licences and who requires them.",
    format: "a path",
    example: "build/sbom.cdx.json",
    placeholder: "FILE"
  }),
  "pack-requirements": trueOrFalse({
    description: "Whether requirements are packaged: false packages application and runtime alone, for dependencies that come from a layer.",
    without: "Package application and runtime alone: the dependencies come from a layer.",
    example: "false",
    default: true
  })
};
var CHECK_SETTINGS = {
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
var STORE_SETTINGS = {
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
    without: "Leave GitHub's cache alone.",
    example: "false",
    default: true
  }),
  "cache-private": trueOrFalse({
    description: "Keep distributions of private indexes in GitHub's cache too, which everyone who can open a pull request can read.",
    example: "true",
    default: false
  })
};
var UPLOAD_SETTINGS = {
  "upload-bucket": text({
    description: "An S3 bucket (and prefix) for artifacts that are too large for a direct upload: one that is there, or auto, which makes wsgi-lambda-ACCOUNT-REGION where it is missing.",
    format: "auto, auto/PREFIX, s3://BUCKET or s3://BUCKET/PREFIX",
    pattern: /^(?:auto|s3:\/\/[a-z0-9][a-z0-9.-]+)(?:\/[^\s]*)?$/,
    example: "auto",
    placeholder: "ADDRESS"
  }),
  "upload-kms-key": text({
    description: "The KMS key that artifacts in upload-bucket are encrypted with.",
    format: "the ARN, the id or alias/NAME of a key",
    pattern: /^(?:arn:[\w-]+:kms:[\w-]+:\d{12}:(?:key|alias)\/[\w/-]+|alias\/[\w/-]+|(?:mrk-)?[0-9a-f-]{32,36})$/,
    example: "arn:aws:kms:eu-west-1:123456789012:key/11112222-3333-4444-5555-666677778888",
    defaultText: "the bucket's own encryption",
    placeholder: "KEY"
  }),
  "upload-bucket-owner": text({
    description: "The account that upload-bucket must belong to: nothing is sent to a bucket of another one.",
    format: "12 digits",
    pattern: /^\d{12}$/,
    example: "123456789012",
    placeholder: "ID"
  })
};

// src/settings/secrets.ts
var SECRETS_VARIABLE = "WSGI_LAMBDA_SECRETS";
var VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
function plainVariableMistakes(variables) {
  const settings = {
    [SECRETS_VARIABLE]: "secrets",
    [BASIC_AUTH_VARIABLE]: "basic-auth",
    [DATABASES_VARIABLE]: "database-role"
  };
  return Object.entries(settings).filter(([variable]) => Object.hasOwn(variables, variable)).map(([entry, setting]) => ({ entry, hint: `Write the setting ${setting} instead: the variable is made of it.` }));
}
var REFERENCES = "ssm:NAME, secretsmanager:NAME or the ARN of either, with #KEY for one key of a JSON object";
var PARAMETER = "[\\w./-]+(?::[\\w.-]+)?";
var SECRET = "[\\w/+=.@-]+";
var REFERENCE = new RegExp(
  `^(?:${[
    `ssm:${PARAMETER}`,
    `arn:[\\w-]+:ssm:[\\w-]+:\\d{12}:parameter/${PARAMETER}`,
    `secretsmanager:${SECRET}`,
    `arn:[\\w-]+:secretsmanager:[\\w-]+:\\d{12}:secret:${SECRET}`
  ].join("|")})(?:#[^]+)?$`
);
var PLACEHOLDER = /\{\{\s*[\w-]+\s*\}\}/g;
function secretMistakes(secrets) {
  return Object.entries(secrets).flatMap(([name, reference]) => {
    if (name === SECRETS_VARIABLE)
      return [{ entry: JSON.stringify(name), hint: "This variable holds the references of all others." }];
    if (!VARIABLE.test(name))
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

// src/settings/preview.ts
var REMOTE_COMMANDS = {
  format: "one a line, each starting with manage, flask, exec or shell; timeout=SECONDS may stand in front (1 to 900)",
  each: /^(?:timeout=(?:[1-9]\d?|[1-8]\d\d|900)\s+)?(?:manage|flask|exec|shell|command)(?:\s|$)/
};
var ROLE = {
  format: "the ARN of an IAM role",
  pattern: /^arn:aws[a-zA-Z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/,
  placeholder: "ARN"
};
var PREVIEW_SETTINGS = {
  "preview-role": text({
    ...ROLE,
    description: "The execution role of previews. They never get `role`; create-role makes one for each.",
    example: "arn:aws:iam::123456789012:role/shop-preview-execution"
  }),
  "preview-environment": table({
    description: "Variables of previews, over those of environment. {{pr}} (its number), {{preview}} (its name), {{url}}, {{host}} and {{origin}} (its address) are filled in.",
    format: "NAME=VALUE, one a line, or a JSON object",
    names: VARIABLE,
    mistakes: plainVariableMistakes,
    isConfidential: true,
    example: "ALLOWED_HOSTS={{host}}",
    default: {},
    placeholder: "LINES"
  }),
  "preview-secrets": table({
    description: "Variables that previews read from Systems Manager or Secrets Manager. They never get `secrets`.",
    format: `VARIABLE=REFERENCE, one a line, or a JSON object; a reference is ${REFERENCES}`,
    mistakes: secretMistakes,
    isConfidential: true,
    example: "SECRET_KEY=ssm:/shop/preview/secret-key",
    default: {},
    placeholder: "LINES"
  }),
  "preview-label": text({
    description: "Only pull requests with this label get a preview.",
    example: "preview",
    defaultText: "all pull requests get one",
    placeholder: "LABEL"
  }),
  "preview-drafts": trueOrFalse({
    description: "Whether draft pull requests get a preview; else they get one once they are ready for review.",
    example: "false",
    default: true
  }),
  "preview-basic-auth": text({
    ...USER_AND_PASSWORD,
    description: "Lets into previews only who knows this user and password; none lets in everybody.",
    defaultText: "that of basic-auth"
  }),
  "preview-expires": wholeNumber(1, 365, "days", {
    description: "How long after its last deployment a preview is removed by sweep.",
    example: "3",
    default: 7,
    placeholder: "DAYS"
  }),
  "preview-limit": wholeNumber(0, 1e3, "previews", {
    description: "How many previews of the function there may be at once; 0 for any number.",
    example: "5",
    default: 20,
    placeholder: "NUMBER"
  }),
  "preview-concurrency": text({
    description: "How many requests a preview may handle at once, out of the account's reserve: a limit of what it may cost.",
    format: "a whole number from 1, or none",
    pattern: /^(?:none|[1-9]\d{0,5})$/,
    example: "2",
    default: "none",
    placeholder: "NUMBER"
  }),
  "preview-database": oneOf(["none", "database", "schema", "sqlite"], {
    description: "What data a preview has of its own: a database or a schema on the server of preview-database-admin, a file that is gone with its environment (sqlite), or none.",
    example: "schema",
    defaultText: "database where preview-database-admin is set, else none",
    placeholder: "KIND"
  }),
  "preview-database-admin": text({
    description: "Who may create databases: a reference to a secret with an address, or with what RDS keeps in its secrets; or the address itself.",
    format: `${REFERENCES}; or postgresql://USER:PASSWORD@HOST/DATABASE or mysql://USER:PASSWORD@HOST/DATABASE`,
    pattern: /^(?:ssm:|secretsmanager:|arn:[\w-]+:(?:ssm|secretsmanager):|(?:postgres|postgresql|mysql):\/\/)\S+$/,
    isConfidential: true,
    example: "secretsmanager:shop/preview/database-admin",
    placeholder: "REFERENCE"
  }),
  "preview-database-access": oneOf(["runner", "function"], {
    description: "Who reaches that server: this machine, or only the main function (see database-role), which then creates and removes databases.",
    example: "function",
    default: "runner",
    placeholder: "WHO"
  }),
  "preview-database-template": text({
    description: "A database of PostgreSQL that a new one is a copy of.",
    format: "the name of a database",
    pattern: /^[^\s"';\\]{1,63}$/,
    example: "shop_template",
    defaultText: "an empty database",
    placeholder: "NAME"
  }),
  "preview-database-variable": text({
    description: "The variable that a preview finds the address of its database in.",
    format: "the name of a variable",
    pattern: VARIABLE,
    example: "DATABASE_URL",
    default: "DATABASE_URL",
    placeholder: "NAME"
  }),
  "preview-database-create": text({
    description: "A line of shell that makes the database instead, such as a branch of Neon, and prints its address last. It finds WSGI_LAMBDA_PR and WSGI_LAMBDA_PREVIEW in its environment.",
    example: './scripts/neon-branch.sh create "$WSGI_LAMBDA_PREVIEW"',
    placeholder: "LINE"
  }),
  "preview-database-delete": text({
    description: "A line of shell that removes what preview-database-create has made.",
    example: './scripts/neon-branch.sh delete "$WSGI_LAMBDA_PREVIEW"',
    placeholder: "LINE"
  }),
  "preview-seed": lines({
    ...REMOTE_COMMANDS,
    description: "Commands that run once, when the database of a preview is new, after those before traffic.",
    example: "manage loaddata demo",
    default: [],
    placeholder: "COMMANDS"
  }),
  "before-destroy": lines({
    ...REMOTE_COMMANDS,
    description: "Commands that run in a preview before it is removed. One that fails is only reported.",
    example: "manage remove_search_index",
    default: [],
    placeholder: "COMMANDS"
  }),
  comment: trueOrFalse({
    description: "Tell in a comment of the pull request how its preview is; with true, the action tells of a deployment too.",
    example: "false",
    defaultText: "true for previews, false for deployments"
  }),
  "github-environment": text({
    description: "The environment of GitHub's deployments that previews are shown as; none turns that off.",
    example: "review",
    default: "preview",
    placeholder: "NAME"
  })
};

// src/settings/release-order.ts
var ORDER_SETTINGS = {
  "lock-wait": wholeNumber(0, 86400, "seconds", {
    description: "How long to wait while another run deploys the same function.",
    example: "1800",
    default: 600,
    placeholder: "SECONDS"
  }),
  "allow-older": trueOrFalse({
    description: "Release although what is served comes from a later run of the workflow, or from a later commit.",
    example: "true",
    default: false
  }),
  "keep-versions": wholeNumber(0, 1e3, "versions", {
    description: "How many released versions are kept to go back to; 0 keeps all. None is removed that an alias points to, or served last.",
    example: "25",
    default: 10,
    placeholder: "NUMBER"
  })
};

// src/settings/static.ts
var STATIC_URL_VARIABLE = "STATIC_URL";
var FOLDER = {
  format: "a folder below the project",
  pattern: /^(?!\/|\.{1,2}(?:\/|$))(?!.*\/\.\.(?:\/|$))[^\\]+$/
};
var STATIC_SETTINGS = {
  static: text({
    description: "The S3 bucket and prefix for the application's static files, which are left out of the artifact then. {{stage}} is filled in.",
    format: "s3://BUCKET or s3://BUCKET/PREFIX",
    pattern: /^s3:\/\/(?:[a-z0-9]|\{\{\s*stage\s*\}\})(?:[a-z0-9.-]|\{\{\s*stage\s*\}\})*(?:\/(?:[^\s{}]|\{\{\s*stage\s*\}\})*)?$/,
    example: "s3://example-static/shop/{{stage}}",
    defaultText: "the application serves them itself",
    placeholder: "ADDRESS"
  }),
  "static-url": text({
    description: `Where visitors get them: the variable ${STATIC_URL_VARIABLE} of the function. {{stage}} is filled in.`,
    format: "a path or an address that ends with /",
    pattern: /^(?:https?:\/\/[^\s/]+)?\/(?:\S*\/)?$/,
    example: "https://static.example.org/{{stage}}/",
    defaultText: "the application's own",
    placeholder: "URL"
  }),
  "static-root": text({
    ...FOLDER,
    description: "The folder that collectstatic has filled already: it is not run then.",
    example: "staticfiles",
    defaultText: "Django's STATIC_ROOT, and collectstatic is run on the artifact",
    placeholder: "DIR"
  }),
  "static-folder": text({
    ...FOLDER,
    description: "The folder of static files of an application that has no collectstatic, such as one of Flask.",
    example: "bookshelf/static",
    placeholder: "DIR"
  }),
  "static-keep": wholeNumber(0, 3650, "days", {
    description: "How long static files stay in the bucket after they were part of what is served.",
    example: "90",
    default: 30,
    placeholder: "DAYS"
  })
};

// src/settings/traffic.ts
var SMOKE_LINE = /^(\/\S*)(?:\s+([1-5]xx|[1-5]\d\d(?:-[1-5]\d\d)?)(?:\s+(\S[^]*))?)?$/;
var TRAFFIC = /^none$|^[1-9]\d?%\s+[1-9]\d{0,5}[smh](?:\s*,\s*[1-9]\d?%\s+[1-9]\d{0,5}[smh])*$/;
var LONGEST_SECONDS = 5 * 3600;
var TRAFFIC_SETTINGS = {
  "smoke-requests": lines({
    description: "More than one request, and what is expected of each: a status, and a text that the body holds. Without a status, anything below 500 passes.",
    format: "PATH, PATH STATUS or PATH STATUS TEXT, one a line; a status is 200, 2xx or 200-399",
    each: SMOKE_LINE,
    example: "/login 200 Sign in",
    default: [],
    placeholder: "LINES"
  }),
  traffic: text({
    description: "Move traffic to the new version in steps, and back to the old one when an alarm or a smoke request fails meanwhile.",
    format: "PERCENT% TIME, divided by commas, with rising percents (1 to 99) and times in s, m or h; or none",
    pattern: TRAFFIC,
    example: "10% 5m, 50% 5m",
    defaultText: "all at once",
    placeholder: "STEPS"
  }),
  "traffic-alarms": lines({
    description: "CloudWatch alarms that move traffic back when one of them is in ALARM during those steps.",
    format: "one name a line",
    example: "shop-errors",
    default: [],
    placeholder: "NAMES"
  }),
  "provisioned-concurrency": wholeNumber(0, 1e5, "environments", {
    description: "Environments that are kept ready. They are ready on the new version before traffic gets there, and are removed from the old one then; 0 removes them.",
    example: "5",
    defaultText: "left as it is",
    placeholder: "COUNT"
  }),
  "command-timeout": wholeNumber(1, 900, "seconds", {
    description: "How long a command before or after traffic, or a remote command, may take. This and the other settings of commands make a version of the same code for them alone.",
    example: "900",
    defaultText: "as timeout",
    placeholder: "SECONDS"
  }),
  "command-memory": wholeNumber(128, 10240, "MB", {
    description: "Memory of the version for commands.",
    example: "2048",
    defaultText: "as memory",
    placeholder: "MB"
  }),
  "command-role": text({
    description: "The execution role of the version for commands.",
    format: "the ARN of an IAM role",
    pattern: /^arn:aws[a-zA-Z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/,
    example: "arn:aws:iam::123456789012:role/shop-migrations",
    defaultText: "as role",
    placeholder: "ARN"
  }),
  "command-environment": table({
    description: "Variables of the version for commands, over those of the function. {{stage}} and {{url}} are filled in.",
    format: "NAME=VALUE, one a line, or a JSON object",
    names: VARIABLE,
    mistakes: plainVariableMistakes,
    isConfidential: true,
    example: "DATABASE_USER=owner",
    default: {},
    placeholder: "LINES"
  })
};

// src/settings/schema.ts
var MIME_TYPES = {
  format: "one a line, as type/subtype or type/*",
  // RFC 6838, 4.2; what follows a type in Content-Type (charset) is not compared.
  each: /^[A-Za-z0-9][\w!#$&^.+-]*\/(?:\*|[A-Za-z0-9][\w!#$&^.+-]*)$/
};
var BUILD_SETTINGS = {
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
  ...STATIC_SETTINGS,
  ...STORE_SETTINGS,
  output: text({
    description: "Where the zip is written.",
    format: "a path",
    example: "build/app.zip",
    defaultText: ".wsgi-lambda/PROJECT.zip in the project",
    placeholder: "FILE"
  })
};
var REMOTE_COMMANDS2 = {
  format: "one a line, each starting with manage, flask, exec or shell; timeout=SECONDS may stand in front (1 to 900)",
  each: /^(?:timeout=(?:[1-9]\d?|[1-8]\d\d|900)\s+)?(?:manage|flask|exec|shell|command)(?:\s|$)/
};
var RELEASE_SETTINGS = {
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
    example: "arn:aws:iam::123456789012:role/shop-execution",
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
    description: "Environment variables of the function. {{stage}}, {{url}} (the address of the Function URL), {{origin}} and {{host}} (of that address) are filled in.",
    format: "NAME=VALUE, one a line, or a JSON object",
    names: VARIABLE,
    mistakes: plainVariableMistakes,
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
  ...FUNCTION_SETTINGS,
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
  ...BASIC_AUTH_SETTINGS,
  ...CORS_SETTINGS,
  migrate: trueOrFalse({
    description: "Short for `manage migrate --noinput` as the first command before traffic moves.",
    example: "true",
    default: false
  }),
  "migrate-plan": trueOrFalse({
    description: "Show `manage migrate --plan` first, where a command before traffic migrates; where it fails, nothing runs.",
    without: "Show no `manage migrate --plan` before a command that migrates.",
    example: "false",
    default: true
  }),
  "before-traffic": lines({
    ...REMOTE_COMMANDS2,
    description: "Commands that run on the new version before traffic moves, in order; a failing one stops the release.",
    example: "manage migrate --noinput",
    default: [],
    placeholder: "COMMANDS"
  }),
  "after-traffic": lines({
    ...REMOTE_COMMANDS2,
    description: "Commands that run on the new version after traffic has moved.",
    example: "manage clearsessions",
    default: [],
    placeholder: "COMMANDS"
  }),
  smoke: trueOrFalse({
    description: "Send one request to the new version before traffic moves; an answer below 500 passes.",
    without: "Send no smoke request.",
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
  ...TRAFFIC_SETTINGS,
  "url-origin": text({
    description: "Replaces scheme and host of the Function URL in the request that follows a release, for emulators; {id} stands for the id of the URL.",
    format: "a URL",
    pattern: /^https?:\/\//,
    example: "http://127.0.0.1:4566/_aws/lambda-url/{id}",
    defaultText: "the Function URL itself",
    placeholder: "URL"
  }),
  ...DATABASE_SETTINGS,
  ...UPLOAD_SETTINGS,
  ...ACCOUNT_SETTINGS,
  ...ORDER_SETTINGS,
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
var SETTINGS = { ...BUILD_SETTINGS, ...RELEASE_SETTINGS, ...PREVIEW_SETTINGS };
var SETTING_NAMES = Object.keys(SETTINGS);
var RELEASE_SETTING_NAMES = SETTING_NAMES.filter(
  (name) => name === "comment" || !Object.hasOwn(PREVIEW_SETTINGS, name)
);
var BUILD_SETTING_NAMES = Object.keys(BUILD_SETTINGS);
function camelCase(name) {
  return name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
}

// src/cli-flags.ts
function addCommonFlags(command) {
  command.option("--project <DIR>", 'the folder that holds the application (default: ".")').option("--stage <NAME>", "overlay [tool.wsgi-lambda.stages.NAME]").option("--json", "print one JSON object on standard output, everything else on standard error").option("-q, --quiet", "print results and problems only").option("--verbose", "print details, and the stack of a defect").option("--no-color", "no colours (also: NO_COLOR)");
}
function addRemoteFlags(command) {
  command.option("--qualifier <NAME>", "the alias or version that runs a remote command (default: the alias)").addOption(
    new Option(
      "--env <NAME=VALUE>",
      "a variable for a remote command; NAME alone takes its value from here (repeatable)"
    ).argParser(collected)
  ).option("--follow", "show the output of a remote command while it runs (default: on a terminal)").option("--no-follow", "show it when the command has ended").option("-i, --stdin", "send standard input, read to its end, to a remote command");
}
function collected(value, before) {
  return [...before ?? [], value];
}
function addSettingFlags(command, names) {
  for (const name of names) {
    const setting = SETTINGS[name];
    if (isSwitch(setting)) {
      const { default: isOn, without = `Turn --${name} off.` } = setting;
      command.addOption(new Option(`--${name}`, setting.description).hideHelp(isOn === true));
      command.addOption(new Option(`--no-${name}`, without).hideHelp(isOn === false));
      continue;
    }
    const option = new Option(
      `--${name} <${setting.placeholder ?? "VALUE"}>`,
      setting.description + formatHint(setting)
    );
    option.negate = false;
    if (takesLines(name)) option.argParser(collected);
    command.addOption(option);
  }
}
function isSwitch({ format }) {
  return format === "true, false";
}
function takesLines(name) {
  return /\ba line\b/.test(SETTINGS[name].format);
}
function formatHint(setting) {
  const text2 = setting.defaultText ?? (typeof setting.default === "string" ? setting.default : void 0);
  return ` (${setting.format}${text2 === void 0 ? "" : `; default: ${text2}`})`;
}
function examples(lines2) {
  return `
Examples:
${lines2.map((line) => `  $ ${line}`).join("\n")}
`;
}
function givenOptions(command) {
  const outer = command.parent ? givenOptions(command.parent) : {};
  const own = Object.entries(command.opts()).filter(([name]) => command.getOptionValueSource(name) === "cli");
  return { ...outer, ...Object.fromEntries(own) };
}
function givenSettings(command) {
  const options = givenOptions(command);
  const given2 = {};
  for (const name of SETTING_NAMES) {
    const value = options[camelCase(name)];
    if (value === void 0) continue;
    given2[name] = Array.isArray(value) ? value.join("\n") : value;
  }
  return given2;
}

// src/cli-words.ts
var FUNCTION_FLAGS = ["function-name", "alias"];
function addCommand(program2, name, description, settings, lines2) {
  const command = program2.command(name).description(description).helpOption("-h, --help", "show help");
  addCommonFlags(command);
  addSettingFlags(command, settings);
  return command.addHelpText("after", examples(lines2));
}
function given(command) {
  return { flags: givenOptions(command), given: givenSettings(command) };
}
function numberOf(what) {
  return (value) => {
    if (/^[1-9]\d{0,15}$/.test(value)) return value;
    throw new InvalidArgumentError(`It is the number of a ${what}, as in 7.`);
  };
}

// src/cli-look-words.ts
var BOOTSTRAP_WORDS = /* @__PURE__ */ new Set(["environment", "output"]);
var INSPECT_FLAGS = [
  "output",
  "requirements",
  "runtime",
  "architecture",
  "environment",
  "builder",
  "python-bin",
  "base-image"
];
function addLookingCommands(program2, start) {
  addCommand(program2, "versions", "List the published versions: when, by whom, of which commit.", FUNCTION_FLAGS, [
    "wsgi-lambda versions --function-name shop",
    "wsgi-lambda versions --function-name shop --json"
  ]).action((_flags, command) => {
    start({ command: "versions", ...given(command) });
  });
  addCommand(program2, "logs", "Show what the deployed function has logged.", FUNCTION_FLAGS, [
    "wsgi-lambda logs --function-name shop --since 2h",
    "wsgi-lambda logs --function-name shop --follow",
    "wsgi-lambda logs --function-name shop --request-id 8f6c1f3a-5d0e-4b7a-9c55-0d2f3c1b7a11"
  ]).option("-f, --follow", "go on with what is logged from now on; Ctrl-C ends it").option("--since <TIME>", "as in 30s, 10m, 2h, 3d or 2026-11-23T09:00Z (default: 10m)").option("--version <VERSION>", "the lines of one version: its number, an alias or $LATEST").option("--request-id <ID>", "the lines of one request").option("--filter <TEXT>", "the lines that have this text").action((_flags, command) => {
    const { follow, since, version, requestId, filter } = command.opts();
    start({
      command: "logs",
      ...given(command),
      logs: { since, version, requestId, filter, follow: follow === true }
    });
  });
  addCommand(program2, "inspect", "Show what is in an artifact: sizes, reasons, bytecode, binaries.", INSPECT_FLAGS, [
    "wsgi-lambda inspect",
    "wsgi-lambda inspect --why sqlparse",
    "wsgi-lambda inspect build/app.zip --against build/before.zip",
    "wsgi-lambda inspect --imports"
  ]).argument("[ARTIFACT]", "a zip for Lambda, of any program (default: the one that build writes)").option("--against <FILE>", "compare with another zip, the one before").option("--why <NAME>", "show which requirements a package is there for").option("--imports", "import the handler as Lambda will, and show where the time goes").option("--module <NAME>", "with --imports: another module than the handler").action((artifact, _flags, command) => {
    const { against, why, imports, module: module2 } = command.opts();
    start({
      command: "inspect",
      ...given(command),
      inspect: { artifact, against, why, imports: imports === true || module2 !== void 0, module: module2 }
    });
  });
  addCommand(
    program2,
    "permissions",
    "Print the policy that a deployment with these settings needs. Asks AWS nothing.",
    SETTING_NAMES,
    [
      "wsgi-lambda permissions --stage production > policy.json",
      "AWS_REGION=eu-west-1 wsgi-lambda permissions --function-name shop --role arn:aws:iam::123456789012:role/shop-execution",
      "wsgi-lambda permissions --dry-run",
      "wsgi-lambda permissions --previews"
    ]
  ).option("--previews", "the policy of what makes, removes and sweeps previews").action((_flags, command) => {
    const { previews = false } = command.opts();
    start({ command: "permissions", ...given(command), previews });
  });
  addCommand(
    program2,
    "bootstrap",
    "Print a CloudFormation template: GitHub's identity provider, and the roles of deployments and of the function.",
    SETTING_NAMES.filter((name) => !BOOTSTRAP_WORDS.has(name)),
    [
      "wsgi-lambda bootstrap --function-name shop --repository OWNER/shop > bootstrap.yml",
      "wsgi-lambda bootstrap --stage production --repository OWNER/shop --environment production --output bootstrap.yml"
    ]
  ).option("--repository <OWNER/NAME>", "the repository whose workflows deploy (default: GITHUB_REPOSITORY)").option("--environment <NAME>", "the GitHub environment of the jobs that deploy").option("--branch <NAME>", "the branch of the jobs that deploy without an environment (default: main)").option("--output <FILE>", "write the template into a file").action((_flags, command) => {
    const { repository, environment, branch, output } = command.opts();
    const settings = Object.entries(givenSettings(command)).filter(([name]) => !BOOTSTRAP_WORDS.has(name));
    start({
      command: "bootstrap",
      flags: givenOptions(command),
      given: Object.fromEntries(settings),
      bootstrap: { repository, environment, branch },
      output
    });
  });
}

// src/settings/removal.ts
var REMOVAL_SETTINGS = [
  "function-name",
  "alias",
  "before-destroy",
  "static",
  "preview-database-admin",
  "preview-database-access",
  "preview-database-delete",
  "comment",
  "github-environment",
  "lock-wait",
  "allowed-account-ids",
  "dry-run"
];

// src/cli-preview-words.ts
function addPreviewCommands(program2, start) {
  addCommand(
    program2,
    "preview",
    "Release a running copy for a pull request, or bring it to its newest commit. Where that is closed: remove the copy and its database.",
    SETTING_NAMES,
    [
      "wsgi-lambda preview --function-name shop --pr 7 --create-role",
      "wsgi-lambda preview --function-name shop --preview-role arn:aws:iam::123456789012:role/shop-preview-execution --pr 7 --json"
    ]
  ).addOption(pullOption()).action((_flags, command) => {
    start({ command: "preview", ...given(command), pull: pullOf(command) });
  });
  addCommand(program2, "destroy", "Remove the previews of a pull request. Reads no project.", REMOVAL_SETTINGS, [
    "wsgi-lambda destroy --pr 7",
    "wsgi-lambda destroy --function-name shop --pr 7 --json"
  ]).addOption(pullOption()).action((_flags, command) => {
    start({ command: "destroy", ...given(command), pull: pullOf(command) });
  });
  addCommand(
    program2,
    "sweep",
    "Remove previews of closed pull requests, expired ones, and what is left over. Reads no project.",
    REMOVAL_SETTINGS,
    ["wsgi-lambda sweep --dry-run", "wsgi-lambda sweep --json"]
  ).action((_flags, command) => {
    start({ command: "sweep", ...given(command) });
  });
}
function pullOption() {
  const text2 = "the number of the pull request (default: that of the run)";
  return new Option("--pr <NUMBER>", text2).argParser(numberOf("pull request"));
}
function pullOf(command) {
  const { pr } = command.opts();
  return pr === void 0 ? void 0 : Number(pr);
}

// src/cli-release-words.ts
var ROLLBACK_FLAGS = [
  ...FUNCTION_FLAGS,
  "smoke",
  "smoke-path",
  "smoke-requests",
  "smoke-host",
  "lock-wait"
];
var PLAN_FLAGS = RELEASE_SETTING_NAMES.filter((name) => name !== "dry-run");
function addReleaseCommands(program2, start) {
  addCommand(program2, "build", "Build the project into a zip for Lambda.", BUILD_SETTING_NAMES, [
    "wsgi-lambda build",
    "wsgi-lambda build --project examples/django --output build/app.zip --runtime python3.13",
    "wsgi-lambda build --builder host --json"
  ]).action((_flags, command) => {
    start({ command: "build", ...given(command) });
  });
  addCommand(
    program2,
    "deploy",
    "Build the project and release it: commands before traffic, alias last.",
    RELEASE_SETTING_NAMES,
    [
      "wsgi-lambda deploy --function-name shop --role arn:aws:iam::123456789012:role/shop-execution --migrate",
      "wsgi-lambda deploy --stage production --dry-run",
      "wsgi-lambda deploy --function-name shop --before-traffic 'manage migrate --noinput' --environment DEBUG=0"
    ]
  ).option("--no-follow", "show the output of commands when they have ended").action((_flags, command) => {
    start({ command: "deploy", ...given(command) });
  });
  addCommand(program2, "plan", "Build the project and show what a deployment would change.", PLAN_FLAGS, [
    "wsgi-lambda plan --stage production",
    "wsgi-lambda plan --function-name shop --artifact build/app.zip --json",
    "wsgi-lambda plan --function-name shop --detailed-exitcode"
  ]).option("--detailed-exitcode", "end with 3 where something would change").action((_flags, command) => {
    const isDetailed = givenOptions(command)["detailedExitcode"] === true;
    start({ command: "plan", ...given(command), isDetailed });
  });
  addCommand(program2, "rollback", "Point the alias back at the version that was served before.", ROLLBACK_FLAGS, [
    "wsgi-lambda rollback --function-name shop",
    "wsgi-lambda rollback --function-name shop --to 7"
  ]).addOption(
    new Option("--to <VERSION>", "the version to go back to (default: the one before)").argParser(
      numberOf("version")
    )
  ).action((_flags, command) => {
    const { to } = command.opts();
    start({ command: "rollback", ...given(command), to });
  });
}

// src/cli-remote-words.ts
var COMMAND_TEXT = {
  manage: "the command as one text, split like a shell does",
  flask: "the command as one text, split like a shell does",
  exec: "the code",
  shell: "a line for /bin/sh"
};
function addRemoteCommands(program2, start) {
  addRemoteCommand(program2, start, "manage", [], "Run a Django management command in the deployed function.", [
    "wsgi-lambda --function-name shop manage showmigrations",
    "wsgi-lambda --function-name shop --qualifier 7 manage migrate --noinput",
    "wsgi-lambda --function-name shop manage -c 'migrate --noinput'"
  ]);
  addRemoteCommand(program2, start, "flask", [], "Run a command of the Flask application in the deployed function.", [
    "wsgi-lambda --function-name shop flask init-db",
    "wsgi-lambda --function-name shop flask -c 'seed --count 3'"
  ]);
  addRemoteCommand(program2, start, "exec", [], "Run Python code in the deployed function.", [
    "wsgi-lambda --function-name shop exec -c 'print(1 + 1)'",
    "wsgi-lambda --function-name shop exec -f script.py"
  ]);
  addRemoteCommand(program2, start, "shell", ["command"], "Run a line of shell in the deployed function.", [
    "wsgi-lambda --function-name shop shell -c 'ls -l'",
    "wsgi-lambda --function-name shop shell ls -l"
  ]);
}
function addRemoteCommand(program2, start, name, aliases, description, lines2) {
  const takesFile = name === "exec" || name === "shell";
  const command = program2.command(name).aliases(aliases).description(`${description} Everything after the options below is passed on as it is.`).helpOption("-h, --help", "show help").usage(`[options] ${takesFile ? "[-c TEXT | -f FILE]" : "[-c TEXT]"} [arguments...]`).option("-c, --command <TEXT>", COMMAND_TEXT[name]).addOption(
    // Known everywhere, so that manage and flask can say that they take none.
    new Option("-f, --file <FILE>", "a local file that is sent and run; - for standard input").hideHelp(!takesFile)
  ).argument("[arguments...]", "passed on").passThroughOptions().allowUnknownOption();
  addCommonFlags(command);
  addSettingFlags(command, FUNCTION_FLAGS);
  addRemoteFlags(command);
  command.addHelpText("after", examples(lines2)).action((passed, _flags, self) => {
    const { command: text2, file } = self.opts();
    const environment = [program2, self].flatMap((each) => each.opts().env ?? []);
    const sendsInput = givenOptions(self)["stdin"] === true;
    start({
      command: "remote",
      ...given(self),
      remote: { kind: name, text: text2, file, arguments: passed, environment, sendsInput }
    });
  });
}

// src/version.ts
var VERSION = "0.1.0";

// src/cli-program.ts
function createProgram(start) {
  const program2 = new Command("wsgi-lambda").description("Django, Flask and any WSGI application on AWS Lambda: build, deploy, migrate before traffic moves.").version(VERSION, "-V, --version", "print the version").helpOption("-h, --help", "show help").helpCommand("help [command]", "show help for a command").enablePositionalOptions().configureHelp({ showGlobalOptions: false }).showSuggestionAfterError().configureOutput({
    outputError: (text2, write) => {
      write(text2 + (switchAdvice(text2) ?? ""));
    }
  }).exitOverride();
  addCommonFlags(program2);
  addSettingFlags(program2, FUNCTION_FLAGS);
  addRemoteFlags(program2);
  program2.addHelpText(
    "after",
    examples([
      "wsgi-lambda build",
      "wsgi-lambda deploy --function-name shop --migrate",
      "wsgi-lambda --function-name shop manage showmigrations"
    ])
  );
  addReleaseCommands(program2, start);
  addPreviewCommands(program2, start);
  addLookingCommands(program2, start);
  addRemoteCommands(program2, start);
  return program2;
}
function switchAdvice(text2) {
  if (!text2.includes("too many arguments")) return void 0;
  const words2 = process.argv.slice(2);
  const names = words2.flatMap((word, index) => /^(?:true|false)$/.test(word) ? [words2[index - 1]?.slice(2)] : []);
  const name = names.find((each) => SETTING_NAMES.some((known) => known === each && isSwitch(SETTINGS[known])));
  return name === void 0 ? void 0 : `(Write --${name} or --no-${name}, without a word behind it.)
`;
}

// src/cli.ts
function usageProblem({ code, message }) {
  if (code === "commander.help") return { title: "A command is missing" };
  const [title = "", ...hint] = message.replace(/^error: /, "").split("\n");
  return { title, ...hint.length > 0 ? { hint: hint.join(" ") } : {} };
}
async function main() {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
  let invocation;
  const program2 = createProgram((started) => {
    invocation = started;
  });
  try {
    program2.parse();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return;
    if (process.argv.includes("--json")) {
      process.stdout.write(`${JSON.stringify({ error: [usageProblem(error)] }, null, 2)}
`);
    }
    process.exitCode = 2;
    return;
  }
  if (!invocation) return;
  const { run } = await Promise.resolve().then(() => __toESM(require("./cli-run.cjs"), 1));
  process.exitCode = await run(invocation);
}
void main();
