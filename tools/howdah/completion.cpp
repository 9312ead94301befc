// SPDX-License-Identifier: BSL-1.0
//
// Completion scripts. Each holds a table "path: words", made from the description of the commands.
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

/// Everything that may follow a command.
std::string words_of(const command_text& command) {
    std::string out;
    for (const auto& one : command.commands) out += ' ' + last_word(one.path);
    for (const auto& option : command.options) {
        if (!option.positional)
            for (const auto& name : names_of(option)) out += ' ' + name;
        else if (option.names == "SHELL") out += " bash zsh fish";
    }
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
            if (!option.positional)
                for (const auto& name : names_of(option)) out += ' ' + quoted(name + ':' + option.about);
        out += " ) ;;\n";
    });
    return out + "    esac\n    _describe command choices || _files\n}\n_" + program + " \"$@\"\n";
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
        for (const auto& option : one.options)
            if (!option.positional)
                for (const auto& name : names_of(option))
                    if (name.starts_with("--")) line("-l " + name.substr(2), option.about);
    });
    return out;
}

} // namespace

std::string completion_script(const command_text& root, std::string_view shell) {
    if (shell == "zsh") return zsh(root);
    return shell == "fish" ? fish(root) : bash(root);
}

} // namespace howdah::cli
