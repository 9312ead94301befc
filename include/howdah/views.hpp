// SPDX-License-Identifier: BSL-1.0
//
// Rows that view into their result: no text is copied, and rows are decoded as they are looked at, a few
// at a time.
//
//     struct line { std::int64_t id; std::string_view name; std::optional<std::string_view> note; };
//     const auto lines = howdah::query_views<line>(db, "select * from lines");
//     for (const line& one : lines) ...              // one.name lives as long as `lines`
//
// Fields may be std::string_view (whatever a std::string reads), std::span<const std::byte> (bytea), optionals of them,
// and every type that an ordinary row may have: structs as well, whose fields may be views in turn.
#pragma once

#include <array>
#include <cstddef>
#include <iterator>
#include <memory>
#include <utility>

#include <howdah/detail/codec_view.hpp>
#include <howdah/query.hpp>

namespace howdah {

namespace detail {

/// Rows that have all been received, to be read in any order. What views in them point to lives as long as this does.
class view_source {
public:
    virtual ~view_source();
    [[nodiscard]] std::size_t size() const noexcept { return rows_; }
    /// Reads row `first`, which must exist, and as many of the `count` from it on as can be read; how many. Throws if
    /// `first` cannot.
    [[nodiscard]] virtual std::size_t read(std::size_t first, std::size_t count, void* into,
                                           std::size_t stride) = 0;

protected:
    explicit view_source(std::size_t rows) noexcept : rows_(rows) {}

private:
    std::size_t rows_;
};

/// Runs a statement whose rows are to be read so.
[[nodiscard]] std::unique_ptr<view_source> view_result(executor& on, statement what, const parameters& values,
                                                       const row_description& row);

[[noreturn]] void refuse_row(std::size_t row, std::size_t rows);

template <class T>
concept viewable = readable<T> || viewing<T>;
/// A struct inside a row of views, which may have views itself; also inside a std::optional.
template <class Field>
concept inner_views = !viewable<Field> && std::is_aggregate_v<typename optional_struct<Field>::type> &&
                      std::is_class_v<typename optional_struct<Field>::type>;

template <class Row, class Field> struct require_viewable_field {
    static constexpr bool value = (viewable<Field> || inner_views<Field>) && !std::is_const_v<Field>;
    static_assert(
        value,
        "howdah: a field of the row struct has a type that no codec reads, or is const; use one of the types "
        "listed in codec.hpp, std::string_view or std::span<const std::byte>");
};
template <class Row, class... Fields> consteval bool fields_are_viewable(type_list<Fields...>) {
    return (require_viewable_field<Row, Fields>::value && ...);
}

template <class T> constexpr const row_description* inner_views_description();

/// A field without its names.
template <class Field> consteval row_field describe_view_field() {
    if constexpr (viewable<Field>) return {{}, {}, codec_of_view<Field>()};
    else if constexpr (is_optional<Field>) {
        using inner = typename Field::value_type;
        return {
            {}, {}, nullptr, inner_views_description<inner>(), &engage_struct<inner>, &empty_struct<inner>};
    } else return {{}, {}, nullptr, inner_views_description<Field>()};
}
template <class Row, class... Fields> consteval auto list_view_fields(type_list<Fields...>) {
    row_field_list<sizeof...(Fields)> list{{describe_view_field<Fields>()...}};
    for (std::size_t i = 0; i < sizeof...(Fields); ++i) {
        list.all[i].field = fields<Row>::names[i];
        list.all[i].column = column_of<Row>(fields<Row>::names[i]);
    }
    return list;
}
template <class Row> inline constexpr auto view_fields = list_view_fields<Row>(typename fields<Row>::types{});
template <class T> inline constexpr row_field view_value_field{"", "", codec_of_view<T>()};

template <class T> consteval row_description describe_views() {
    using row = typename row_type<T>::type;
    if constexpr (viewable<row> && !value_object<row>) {
        static_assert(std::default_initializable<row>,
                      "howdah: a value is read in place, so its type must be default-constructible; ask for "
                      "std::optional of it");
        return {pretty_name<row>(),         {&view_value_field<row>, 1}, nullptr, nullptr, false,
                column_lookup::first_column};
    } else if constexpr (requires { row_shape<row>::description; }) {
        static_assert(!sizeof(T),
                      "howdah: a row of views is a struct or a single value; instead of a tuple, write a "
                      "struct of structs");
    } else if constexpr (require_fields<row>::value) {
        static_assert(std::default_initializable<row>,
                      "howdah: a row struct must be default-constructible, since rows are read in place");
        if constexpr (fields_are_viewable<row>(typename fields<row>::types{}))
            return {pretty_name<row>(),
                    {view_fields<row>.all, fields<row>::count},
                    &fields<row>::addresses,
                    &with_sample<row>,
                    is_strict<row>() || !std::is_same_v<row, T>};
    }
    return {};
}
template <class T> inline constexpr row_description viewed = describe_views<T>();

template <class T> constexpr const row_description* inner_views_description() {
    return &viewed<T>;
}

/// The rows of a view_source, read a few at a time.
template <class Row> class viewed_rows {
public:
    explicit viewed_rows(std::unique_ptr<view_source> from) noexcept : source_(std::move(from)) {}
    [[nodiscard]] std::size_t size() const noexcept { return source_->size(); }

    [[nodiscard]] Row row(std::size_t index) {
        if constexpr (std::is_trivially_copyable_v<Row>) {
            if (index - first_ >= read_) read_block(index);
            return block_[index - first_];
        } else { // a copy would cost more than it saves
            Row row{};
            static_cast<void>(source_->read(index, 1, &row, 0));
            return row;
        }
    }

private:
    void read_block(std::size_t first) {
        read_ = 0;
        const auto count = first + block_.size() < size() ? block_.size() : size() - first;
        read_ = source_->read(first, count, block_.data(), sizeof(Row));
        first_ = first;
    }

    std::unique_ptr<view_source> source_;
    std::size_t first_ = 0, read_ = 0; // of what stands in the block
    std::array<Row, std::is_trivially_copyable_v<Row> ? 32 : 0> block_{};
};

} // namespace detail

/// The rows of a result that it owns, a forward range (std::ranges::forward_range) of values. What their views point to
/// lives as long as this object, or one moved from it; that is why a temporary one gives no rows but to a range-for
/// loop. Movable: iterators stay valid. Belongs to one thread at a time.
template <class T> class row_views {
    static_assert(!detail::viewed<T>.type.empty());

public:
    using row_type = queried_type<T>;

    /// What query_views() does.
    row_views(executor& on, const statement& what, const parameters& values)
        : row_views(detail::view_result(on, what, values, detail::viewed<T>)) {}
    /// Of rows that are read as detail::viewed<T>.
    explicit row_views(std::unique_ptr<detail::view_source> from)
        : source_(std::make_unique<detail::viewed_rows<row_type>>(std::move(from))) {}

    class iterator {
    public:
        using iterator_concept = std::forward_iterator_tag;
        using iterator_category = std::input_iterator_tag;
        using value_type = row_type;
        using difference_type = std::ptrdiff_t;
        using reference = row_type;
        using pointer = void;

        iterator() noexcept = default;
        /// Decodes the row. Throws decode_error naming column and row; others can be read nevertheless.
        [[nodiscard]] row_type operator*() const { return of_->row(at_); }
        iterator& operator++() noexcept {
            ++at_;
            return *this;
        }
        iterator operator++(int) noexcept {
            auto before = *this;
            ++at_;
            return before;
        }
        [[nodiscard]] friend bool operator==(const iterator&, const iterator&) noexcept = default;

    private:
        friend row_views;
        iterator(detail::viewed_rows<row_type>* of, std::size_t at) noexcept : of_(of), at_(at) {}
        detail::viewed_rows<row_type>* of_ = nullptr;
        std::size_t at_ = 0;
    };

    [[nodiscard]] iterator begin() const& noexcept { return {source_.get(), 0}; }
    [[nodiscard]] iterator end() const& noexcept { return {source_.get(), size()}; }
    iterator begin() const&& = delete; // its rows would view into what is gone
    iterator end() const&& = delete;

    /// 0 if moved from.
    [[nodiscard]] std::size_t size() const noexcept { return source_ ? source_->size() : 0; }
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }

    /// Decodes row `index`, from 0. Throws usage_error if there is no such row, and decode_error.
    [[nodiscard]] row_type operator[](std::size_t index) const& {
        if (index >= size()) detail::refuse_row(index, size());
        return *iterator(source_.get(), index);
    }
    [[nodiscard]] row_type front() const& { return (*this)[0]; }
    [[nodiscard]] row_type back() const& { return (*this)[size() - 1]; }
    row_type operator[](std::size_t index) const&& = delete;
    row_type front() const&& = delete;
    row_type back() const&& = delete;

private:
    std::unique_ptr<detail::viewed_rows<row_type>> source_;
};

/// Runs a statement and gives rows that view into its result, for work that looks at rows and keeps none: nothing is
/// allocated for a row. T: a struct or a single value, as for query(). Throws decode_error when the result does not
/// fit T, and whatever executor::run() throws.
template <class T, bindable... Values>
[[nodiscard]] row_views<T> query_views(executor& on, const statement& what, const Values&... values) {
    return row_views<T>(on, what, howdah::bind(values...));
}

} // namespace howdah
