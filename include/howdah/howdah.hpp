// SPDX-License-Identifier: BSL-1.0
//
// All of howdah, save for describe.hpp (Boost.Describe) and howdah/testing/ (test utilities). Bottom floor
// first.
#pragma once

#include <howdah/version.hpp>

#include <howdah/bytes.hpp>
#include <howdah/callback.hpp>
#include <howdah/codec.hpp>
#include <howdah/environment.hpp>
#include <howdah/error.hpp>
#include <howdah/json.hpp>
#include <howdah/numeric.hpp>
#include <howdah/oid.hpp>
#include <howdah/sqlstate.hpp>
#include <howdah/time.hpp>
#include <howdah/uuid.hpp>

#include <howdah/connection.hpp>
#include <howdah/connection_config.hpp>
#include <howdah/executor.hpp>
#include <howdah/parameters.hpp>
#include <howdah/result.hpp>
#include <howdah/wait.hpp>

#include <howdah/domain.hpp>
#include <howdah/table.hpp>

#include <howdah/query.hpp>
#include <howdah/retry.hpp>
#include <howdah/transaction.hpp>

#include <howdah/pool.hpp>
#include <howdah/pool_config.hpp>
#include <howdah/pool_figures.hpp>

#include <howdah/change.hpp>
#include <howdah/filter.hpp>
#include <howdah/page.hpp>
#include <howdah/repository.hpp>
#include <howdah/retry_on_conflict.hpp>
#include <howdah/update_result.hpp>

#include <howdah/migration.hpp>
