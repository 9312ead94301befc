// SPDX-License-Identifier: BSL-1.0
//
// Prints every embedded file: its name, a space, its bytes in hexadecimal.
#include <cstdio>

#include <shop_schema_migrations.hpp>

int main() {
    for (const auto& each : shop::schema::migrations.files) {
        std::printf("%.*s ", static_cast<int>(each.file.size()), each.file.data());
        for (const char c : each.text) std::printf("%02x", static_cast<unsigned char>(c));
        std::printf("\n");
    }
}
