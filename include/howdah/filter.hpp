// SPDX-License-Identifier: BSL-1.0
//
// Conditions and orders on the fields of a struct. Values are bound as parameters, columns come from the
// struct: no text of a user can become SQL.
//
//     users.find_all(db, {.where = howdah::starts_with<&user::email>("ada") && !howdah::is_null<&user::picture>(),
//                         .order_by = {howdah::descending<&user::created_at>()},
//                         .limit = 10});
//
// A condition can be copied and used again. Not safe to change from several threads.
#pragma once

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <howdah/detail/fields.hpp>
#include <howdah/parameters.hpp>

namespace howdah {

namespace detail {

struct table_description;
/// Throws usage_error for a field that the table's row struct does not have.
[[nodiscard]] std::string_view column_of_field(const table_description& table, std::string_view field);

/// A condition with its struct erased: pieces of SQL, names of fields, and places for values.
class condition {
public:
    condition() = default;
    /// `field operation value`, where `operation` is text of ours.
    condition(std::string_view field, std::string_view operation, const erased_codec& with,
              const void* value);
    /// `field operation` without a value.
    condition(std::string_view field, std::string_view operation);

    [[nodiscard]] static condition both(condition left, std::string_view word, condition right);
    [[nodiscard]] static condition negation(condition of);
    [[nodiscard]] bool empty() const noexcept { return pieces_.empty(); }
    /// Appends the SQL to `text` and the values to `values`; "true" if empty. Throws usage_error for a field
    /// the table has not.
    void render(const table_description& table, std::string& text, parameters& values) const;

private:
    enum class kind : unsigned char { sql, field, value };
    struct piece {
        kind is;
        std::string_view text; // of static storage: operators of ours, names of fields
    };
    std::vector<piece> pieces_;
    parameters values_;
};

struct ordering {
    std::string_view field;
    bool descending, nullable;
};

/// The fields of an order with their struct erased.
class orderings {
public:
    [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }
    [[nodiscard]] bool empty() const noexcept { return all_.empty(); }
    void clear() noexcept { all_.clear(); }
    [[nodiscard]] const std::vector<ordering>& all() const noexcept { return all_; }

protected:
    void add(const ordering& one);
    /// `count` orderings, `stride` bytes apart.
    void add(const ordering* first, std::size_t count, std::size_t stride);

private:
    std::vector<ordering> all_;
};

template <class Pointer> struct member_pointer;
template <class Owner, class Field> struct member_pointer<Field Owner::*> {
    using owner = Owner;
    using field = Field;
};
template <auto Member> using owner_of = typename member_pointer<decltype(Member)>::owner;
template <auto Member> using field_of = std::remove_cv_t<typename member_pointer<decltype(Member)>::field>;

template <class T> struct without_optional {
    using type = T;
};
template <class T> struct without_optional<std::optional<T>> {
    using type = T;
};
/// What a field is compared with: its own type, never NULL.
template <auto Member> using operand_of = typename without_optional<field_of<Member>>::type;

/// Makes a value of a field's type; braces for numbers, so that one that may not fit does not compile.
template <class T, class Value> T make_field(Value&& value) {
    if constexpr (std::is_arithmetic_v<T>) return T{std::forward<Value>(value)};
    else if constexpr (is_optional<T> && std::is_arithmetic_v<std::remove_cvref_t<Value>>)
        return T(make_field<typename without_optional<T>::type>(std::forward<Value>(value)));
    else return T(std::forward<Value>(value));
}

/// The text of a LIKE pattern that matches `text` literally.
[[nodiscard]] std::string escape_like(std::string_view text);

} // namespace detail

/// A condition on the fields of T. The default one holds for every row.
template <class T> class filter : public detail::condition {
public:
    filter() = default;
    explicit filter(detail::condition of) : condition(std::move(of)) {}

    friend filter operator&&(filter left, filter right) {
        return filter(both(std::move(left), " AND ", std::move(right)));
    }
    friend filter operator||(filter left, filter right) {
        return filter(both(std::move(left), " OR ", std::move(right)));
    }
    friend filter operator!(filter of) { return filter(negation(std::move(of))); }
};

namespace detail {
template <auto Member, class Value>
filter<owner_of<Member>> compare(std::string_view operation, Value&& value) {
    const auto operand = make_field<operand_of<Member>>(std::forward<Value>(value));
    return filter<owner_of<Member>>(
        condition(member_name<Member>, operation, codec_for<operand_of<Member>>, &operand));
}
template <auto Member> filter<owner_of<Member>> like(std::string pattern) {
    return filter<owner_of<Member>>(
        condition(member_name<Member>, " LIKE ", codec_for<std::string>, &pattern));
}
} // namespace detail

/// Conditions of one field against a value. As in SQL, none of them holds for NULL.
template <auto Member, class Value> auto equal(Value&& value) {
    return detail::compare<Member>(" = ", std::forward<Value>(value));
}
template <auto Member, class Value> auto not_equal(Value&& value) {
    return detail::compare<Member>(" <> ", std::forward<Value>(value));
}
template <auto Member, class Value> auto less(Value&& value) {
    return detail::compare<Member>(" < ", std::forward<Value>(value));
}
template <auto Member, class Value> auto less_equal(Value&& value) {
    return detail::compare<Member>(" <= ", std::forward<Value>(value));
}
template <auto Member, class Value> auto greater(Value&& value) {
    return detail::compare<Member>(" > ", std::forward<Value>(value));
}
template <auto Member, class Value> auto greater_equal(Value&& value) {
    return detail::compare<Member>(" >= ", std::forward<Value>(value));
}
/// The field is NULL, or is not.
template <auto Member> auto is_null() {
    return filter<detail::owner_of<Member>>(detail::condition(detail::member_name<Member>, " IS NULL"));
}
template <auto Member> auto is_not_null() {
    return filter<detail::owner_of<Member>>(detail::condition(detail::member_name<Member>, " IS NOT NULL"));
}
/// The field is one of the values; holds for no row if there are none.
template <auto Member> auto one_of(const std::vector<detail::operand_of<Member>>& values) {
    return filter<detail::owner_of<Member>>(detail::condition(
        detail::member_name<Member>, " = ANY ", codec_for<std::vector<detail::operand_of<Member>>>, &values));
}
/// The text of the field contains, or begins with, exactly this text: `%` and `_` are not special.
template <auto Member> auto contains(std::string_view text) {
    return detail::like<Member>('%' + detail::escape_like(text) + '%');
}
template <auto Member> auto starts_with(std::string_view text) {
    return detail::like<Member>(detail::escape_like(text) + '%');
}

/// One field of an order of rows.
template <class T> struct order : detail::ordering {};

/// By this field, from the least up or from the greatest down; where NULL stands is PostgreSQL's default.
template <auto Member> order<detail::owner_of<Member>> ascending() {
    return {{detail::member_name<Member>, false, detail::is_optional<detail::field_of<Member>>}};
}
template <auto Member> order<detail::owner_of<Member>> descending() {
    return {{detail::member_name<Member>, true, detail::is_optional<detail::field_of<Member>>}};
}

/// The fields of an order of rows, the first one first. Made from a list in braces, or grown.
template <class T> class order_list : public detail::orderings {
public:
    using value_type = order<T>;
    order_list() = default;
    order_list(std::initializer_list<order<T>> list) { add(list.begin(), list.size(), sizeof(order<T>)); }
    template <std::same_as<order<T>> Order> order_list(const std::vector<Order>& list) {
        add(list.data(), list.size(), sizeof(Order));
    }
    void push_back(const order<T>& one) { add(one); }
};

/// Which rows, in which order, and how many at most.
template <class T> struct selection {
    filter<T> where{};
    order_list<T> order_by{};
    std::optional<std::size_t> limit{};
};

} // namespace howdah
