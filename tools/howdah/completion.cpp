// SPDX-License-Identifier: BSL-1.0
//
// Completion scripts. Each holds a table "path: words", made from the description of the commands.
#include <algorithm>
#include <map>
#include <set>

#include "help.hpp"

namespace howdah::cli {
namespace {

std::string last_word(const std::string& path) {
    return path.substr(path.rfind(' ') + 1);
}

/// The single names of "-h,--help".
std::vector<std::string> names_of(const option_text& option) {
    std::vector<std::string> out;
    for (std::size_t begin = 0; begin < option.names.size();) {
        const auto end = std::min(option.names.find(',', begin), option.names.size());
        out.push_back(option.names.substr(begin, end - begin));
        begin = end + 1;
    }
    return out;
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const auto& word : words) out += ' ' + word;
    return out;
}

/// Everything that may follow a command.
std::string words_of(const command_text& command) {
    std::string out;
    for (const auto& one : command.commands) out += ' ' + last_word(one.path);
    for (const auto& option : command.options)
        out += joined(option.positional ? option.choices : names_of(option));
    return out;
}

/// In single quotes for a shell.
std::string quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

template <class Function> void for_each(const command_text& command, Function&& call) {
    call(command);
    for (const auto& one : command.commands) for_each(one, call);
}

/// The options that want a value, with what it may be, as alternatives of a shell's case: "--a|--b".
std::map<std::string, std::string> valued_options(const command_text& root) {
    std::map<std::string, std::string> out; // by choices
    std::set<std::string> known;
    for_each(root, [&](const command_text& one) {
        for (const auto& option : one.options)
            if (!option.positional && !option.value.empty() && known.insert(option.names).second)
                for (const auto& name : names_of(option)) {
                    auto& names = out[joined(option.choices)];
                    names += (names.empty() ? "" : "|") + name;
                }
    });
    return out;
}

std::string bash(const command_text& root) {
    const auto& program = root.path;
    std::string out = "_" + program + "() {\n    local path=" + program +
                      " word words=\n"
                      "    for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
                      "        case \"$path $word\" in\n";
    for_each(root, [&](const command_text& one) {
        if (&one != &root) out += "            " + quoted(one.path) + ") path=\"$path $word\" ;;\n";
    });
    out += "        esac\n    done\n    case $path in\n";
    for_each(root, [&](const command_text& one) {
        out += "        " + quoted(one.path) + ") words=" + quoted(words_of(one)) + " ;;\n";
    });
    out += "    esac\n    case ${COMP_WORDS[COMP_CWORD-1]} in\n";
    for (const auto& [choices, names] : valued_options(root))
        out += "        " + names + ") words=" + quoted(choices) + " ;;\n";
    return out +
           "    esac\n"
           "    COMPREPLY=()\n"
           "    while IFS= read -r word; do COMPREPLY+=(\"$word\"); done < <(compgen -W \"$words\" -- "
           "\"${COMP_WORDS[COMP_CWORD]}\")\n"
           "}\n"
           "complete -o default -F _" +
           program + ' ' + program + '\n';
}

std::string zsh(const command_text& root) {
    const auto& program = root.path;
    std::string out = "#compdef " + program + "\n_" + program + "() {\n    local path=" + program +
                      " word\n    local -a choices\n    for word in ${words[2,CURRENT-1]}; do\n        case "
                      "\"$path $word\" in\n";
    for_each(root, [&](const command_text& one) {
        if (&one != &root) out += "            " + quoted(one.path) + ") path=\"$path $word\" ;;\n";
    });
    out += "        esac\n    done\n    case $path in\n";
    for_each(root, [&](const command_text& one) {
        out += "        " + quoted(one.path) + ") choices=(";
        for (const auto& command : one.commands)
            out += ' ' + quoted(last_word(command.path) + ':' + command.about);
        for (const auto& option : one.options)
            if (option.positional) out += joined(option.choices);
            else
                for (const auto& name : names_of(option)) out += ' ' + quoted(name + ':' + option.about);
        out += " ) ;;\n";
    });
    out += "    esac\n    case ${words[CURRENT-1]} in\n";
    for (const auto& [values, names] : valued_options(root))
        out += "        " + names + ") choices=(" + values + " ) ;;\n";
    return out + "    esac\n    (( ${#choices} )) && _describe command choices || _files\n}\n_" + program +
           " \"$@\"\n";
}

std::string fish(const command_text& root) {
    const auto& program = root.path;
    std::string out;
    for_each(root, [&](const command_text& one) {
        std::string seen; // every word of the path stands there, and no command that may follow
        for (std::size_t at = one.path.find(' '); at != std::string::npos;) {
            const auto end = std::min(one.path.find(' ', at + 1), one.path.size());
            seen += (seen.empty() ? "" : "; and ") +
                    ("__fish_seen_subcommand_from " + one.path.substr(at + 1, end - at - 1));
            at = end == one.path.size() ? std::string::npos : end;
        }
        std::string next;
        for (const auto& command : one.commands) next += ' ' + last_word(command.path);
        const auto condition = seen.empty()   ? "not __fish_seen_subcommand_from" + next
                               : next.empty() ? seen
                                              : seen + "; and not __fish_seen_subcommand_from" + next;
        const auto line = [&](const std::string& what, const std::string& about) {
            out += "complete -c " + program + " -n " + quoted(condition) + ' ' + what + " -d " +
                   quoted(about) + '\n';
        };
        for (const auto& command : one.commands) line("-f -a " + last_word(command.path), command.about);
        for (const auto& option : one.options) {
            const auto values =
                option.choices.empty() ? std::string() : quoted(joined(option.choices).substr(1));
            if (option.positional && !values.empty()) line("-f -a " + values, option.about);
            if (option.positional) continue;
            for (const auto& name : names_of(option))
                if (name.starts_with("--"))
                    line("-l " + name.substr(2) +
                             (option.value.empty() ? ""
                              : values.empty()     ? " -r"
                                                   : " -x -a " + values),
                         option.about);
        }
    });
    return out;
}

} // namespace

std::vector<std::string> choices_in(std::string_view type) {
    std::vector<std::string> out;
    auto begin = type.find('{');
    const auto last = std::min(type.find('}'), type.size());
    while (begin < last) {
        const auto end = std::min(type.find(',', begin + 1), last);
        out.emplace_back(type.substr(begin + 1, end - begin - 1));
        begin = end;
    }
    return out;
}

std::string completion_script(const command_text& root, std::string_view shell) {
    if (shell == "zsh") return zsh(root);
    return shell == "fish" ? fish(root) : bash(root);
}

} // namespace howdah::cli
