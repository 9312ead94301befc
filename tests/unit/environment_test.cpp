// SPDX-License-Identifier: BSL-1.0
#include <howdah/environment.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include <unistd.h>

#include <doctest/doctest.h>

#include <howdah/error.hpp>

using howdah::environment;

namespace {

/// A variable of the process for the length of a test.
class process_variable {
public:
    process_variable(const char* name, const char* value) : name_(name) { setenv(name, value, 1); }
    process_variable(const process_variable&) = delete;
    process_variable& operator=(const process_variable&) = delete;
    ~process_variable() { unsetenv(name_); }

private:
    const char* name_;
};

/// A file that is removed with the test.
class temporary_file {
public:
    explicit temporary_file(std::string_view content)
        : path_((std::filesystem::temp_directory_path() / ("howdah_env_" + std::to_string(getpid())))
                    .string()) {
        std::ofstream(path_, std::ios::binary) << content;
    }
    temporary_file(const temporary_file&) = delete;
    temporary_file& operator=(const temporary_file&) = delete;
    ~temporary_file() { std::filesystem::remove(path_); }
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

std::string value_of(std::string_view text, std::string_view name = "HD_K") {
    return environment::parse(text).get(name).value_or("(absent)");
}

std::string refusal(std::string_view text) {
    try {
        static_cast<void>(environment::parse(text, "f.env"));
    } catch (const howdah::usage_error& failure) {
        return failure.what();
    }
    return "(accepted)";
}

/// "file:line:column" of a refusal.
std::string place(std::string_view text) {
    const auto what = refusal(text);
    return what.substr(0, what.find(": "));
}

} // namespace

TEST_CASE("plain values end at the end of the line or at a comment, and are trimmed") {
    CHECK(value_of("HD_K=value") == "value");
    CHECK(value_of("HD_K=") == "");
    CHECK(value_of("HD_K=#all comment") == "#all comment");
    CHECK(value_of("HD_K= #all comment") == "");
    CHECK(value_of("  HD_K = two words \t") == "two words");
    CHECK(value_of("HD_K=value # comment") == "value");
    CHECK(value_of("HD_K=va#lue") == "va#lue");
    CHECK(value_of("HD_K=a=b==") == "a=b==");
    CHECK(value_of("HD_K=it's \"so\"") == "it's \"so\"");
    CHECK(value_of("HD_K=pa$$word$1") == "pa$$word$1");
    CHECK(value_of("HD_K=C:\\new") == "C:\\new");
    CHECK(value_of("export HD_K=value") == "value");
    CHECK(value_of("export\t HD_K=value") == "value");
    CHECK(value_of("export=1", "export") == "1");
    CHECK(value_of("export =1", "export") == "1");
}

TEST_CASE("single quotes are literal, double quotes know escapes and references") {
    CHECK(value_of(R"(HD_K='a ${HD_B} \n # "x" ')") == R"(a ${HD_B} \n # "x" )");
    CHECK(value_of(R"(HD_K="a\nb\tc\rd\"e\\f\$g")") == "a\nb\tc\rd\"e\\f$g");
    CHECK(value_of(R"(HD_K="\${HD_B}")") == "${HD_B}");
    CHECK(value_of("HD_K=\"x\"  # comment") == "x");
    CHECK(value_of("HD_K=''") == "");
    CHECK(value_of("HD_K=\"\"") == "");
    CHECK(value_of("HD_B=b\nHD_K=\"<${HD_B}>\"") == "<b>");
}

TEST_CASE("references see earlier keys and the process, defaults fill what is unset or empty") {
    const process_variable process("HD_PROCESS", "of the process");
    CHECK(value_of("HD_K=${HD_PROCESS}") == "of the process");
    CHECK(value_of("HD_PROCESS=file\nHD_K=${HD_PROCESS}") == "of the process");
    CHECK(value_of("HD_A=1\nHD_B=${HD_A}2\nHD_K=${HD_B}3") == "123");
    CHECK(value_of("HD_K=${HD_A:-other}") == "other");
    CHECK(value_of("HD_A=\nHD_K=${HD_A:-other}") == "other");
    CHECK(value_of("HD_A=set\nHD_K=${HD_A:-other}") == "set");
    CHECK(value_of("HD_K=${HD_A:-}") == "");
    CHECK(value_of("HD_B=b\nHD_K=\"${HD_A:-x${HD_B}y}z\"") == "xbyz");
    CHECK(value_of("HD_A=' a '\nHD_K=${HD_A} ") == " a ");
    CHECK(value_of("HD_A='${HD_B}'\nHD_K=${HD_A}") == "${HD_B}"); // a value is not expanded again
    CHECK(value_of("HD_K=1\nHD_K=${HD_K}2") == "12");
}

TEST_CASE("references that go forward or round are refused: only earlier lines exist") {
    CHECK(place("HD_A=${HD_B}\nHD_B=${HD_A}") == "f.env:1:6");
    CHECK(place("HD_A=${HD_A}") == "f.env:1:6");
    CHECK(refusal("HD_A=${HD_B}").find("${NAME:-}") != std::string::npos);
}

TEST_CASE("the process wins over the file, also with an empty value") {
    const process_variable full("HD_FULL", "process"), empty("HD_EMPTY", "");
    const auto env = environment::parse("HD_FULL=file\nHD_EMPTY=file\nHD_FILE=file");
    CHECK(env.get("HD_FULL") == "process");
    CHECK(env.get("HD_EMPTY") == "");
    CHECK(env.get("HD_FILE") == "file");
    CHECK_FALSE(env.get("HD_NOWHERE").has_value());
    CHECK_FALSE(env.get("").has_value());
    CHECK_FALSE(env.get(std::string_view("HD_FULL\0", 8)).has_value());
    CHECK(environment().get("HD_FULL") == "process");
    CHECK_FALSE(environment().get("HD_FILE").has_value());
}

TEST_CASE("an environment is a snapshot") {
    const process_variable variable("HD_CHANGES", "before");
    const auto env = environment();
    setenv("HD_CHANGES", "after", 1);
    CHECK(env.get("HD_CHANGES") == "before");
}

TEST_CASE("empty lines, comments, CRLF and a byte order mark do no harm") {
    CHECK(value_of("\xEF\xBB\xBFHD_K=v") == "v");
    CHECK(value_of("\r\n# c\r\n   # c\r\n\t\r\nHD_K=v\r\nHD_B=w\r\n") == "v");
    CHECK(value_of("HD_K=\"v\"\r\n") == "v");
    CHECK(value_of("HD_K=\xC3\xBC") == "\xC3\xBC");
    CHECK_FALSE(environment::parse("").get("HD_K").has_value());
    CHECK_FALSE(environment::parse("\xEF\xBB\xBF").get("HD_K").has_value());
}

TEST_CASE("lines that cannot be read are refused with file, line and column") {
    CHECK(place("HD_K") == "f.env:1:5");
    CHECK(place("# c\n\nHD_K value") == "f.env:3:6");
    CHECK(place("=value") == "f.env:1:1");
    CHECK(place("1K=value") == "f.env:1:1");
    CHECK(place("HD-K=value") == "f.env:1:3");
    CHECK(place("export HD_K") == "f.env:1:12");
    CHECK(place("export ") == "f.env:1:8");
    CHECK(place("HD_K='open") == "f.env:1:6");
    CHECK(place("HD_K=\"open\nclosed\"") == "f.env:1:6");
    CHECK(place("HD_K=\"open\\\"") == "f.env:1:6");
    CHECK(place("HD_K=\"\\x\"") == "f.env:1:7");
    CHECK(place("HD_K=\"x\\") == "f.env:1:8");
    CHECK(place("HD_K='a'b") == "f.env:1:9");
    CHECK(place("HD_K='a'#b") == "f.env:1:9");
    CHECK(place("HD_K=\"a\" b") == "f.env:1:10");
    CHECK(place("HD_K=${") == "f.env:1:8");
    CHECK(place("HD_K=${}") == "f.env:1:8");
    CHECK(place("HD_K=${A B}") == "f.env:1:9");
    CHECK(place("HD_K=${A:-x") == "f.env:1:6");
    CHECK(place("HD_K=${A:?x}") == "f.env:1:9");
    CHECK(place("\r\nHD_K=a\rb\r\n") == "f.env:2:7");
    CHECK(place(std::string_view("HD_K=a\0b", 8)) == "f.env:1:7");
    CHECK(place("HD_K='\xC3\xBC\xC3\xBC'x") == "f.env:1:10"); // characters, not bytes
}

TEST_CASE("refusals show no value") {
    for (const auto text : {"HD_K=\"s3cret", "HD_K='s3cret", "HD_K='s3cret' s3cret", "HD_K=s3cret${s3cret}",
                            "HD_K=\"s3cret\\q\"", "s3cret"}) {
        CAPTURE(text);
        CHECK(refusal(text).starts_with("f.env:1:"));
        CHECK(refusal(text).find("s3cret") == std::string::npos);
    }
}

TEST_CASE("references nested without end are refused") {
    std::string text = "HD_K=";
    for (int i = 0; i < 100'000; ++i) text += "${A:-";
    CHECK(refusal(text).find("nested") != std::string::npos);
}

TEST_CASE("a file is read whole, a missing one is none, a strange one is refused") {
    const temporary_file file("HD_A=1\nexport HD_B=\"${HD_A}2\"\n");
    CHECK(environment::load(file.path()).get("HD_B") == "12");
    CHECK_FALSE(environment::load(file.path() + ".missing").get("HD_B").has_value());
    CHECK_FALSE(environment::load(file.path() + "/below").get("HD_B").has_value());
    CHECK_THROWS_AS(static_cast<void>(environment::load("/")), howdah::usage_error);
    CHECK_THROWS_AS(static_cast<void>(environment::load("/dev/zero")), howdah::usage_error);
    CHECK_THROWS_AS(static_cast<void>(environment::load(std::string(".env\0x", 6))), howdah::usage_error);
}

TEST_CASE("a huge file is read up to the limit and refused beyond") {
    std::string text;
    for (int i = 0; text.size() < 1'000'000; ++i) text += "HD_" + std::to_string(i) + "=value\n";
    const temporary_file large(text);
    CHECK(environment::load(large.path()).get("HD_1000") == "value");
    const temporary_file too_large("HD_K=" + std::string(1 << 20, 'x'));
    CHECK_THROWS_AS(static_cast<void>(environment::load(too_large.path())), howdah::usage_error);
}

TEST_CASE("random bytes are read or refused, never worse") {
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    constexpr std::string_view alphabet("AB=\"'${}:-\\n \t#\r\n\0\xEF\xBB\xBF", 22);
    int read = 0;
    for (int i = 0; i < 50'000; ++i) {
        std::string text;
        for (auto size = random() % 12; size > 0; --size) text += alphabet[random() % alphabet.size()];
        try {
            static_cast<void>(environment::parse(text));
            ++read;
        } catch (const howdah::usage_error&) {
        }
    }
    CHECK(read > 100);
}
